import { createRequire } from 'node:module';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { RecordHeader } from '../../ports.ts';

/**
 * Headers as they are on the wire: a list of names and values in an order, where names repeat and values may be null.
 *
 * kafkajs 2.2.4 has an object for them instead. It loses the order, cannot write a null at all, and copies the object once for
 * each header it reads: a record of a megabyte of small headers holds the thread for minutes. So `fetched-record.ts` reads them, and its
 * encoder is mended here, in the one method that nothing but headers and records uses. The client has had no release since
 * 2023; `tests/unit/adapters/kafka/record-headers.test.ts` fails when another one changes what this rests on.
 */

/** Inside kafkajs, without types; only what is touched here. */
interface Encoder {
  writeVarIntBytes: (this: Encoder, value: unknown) => Encoder;
}

const internals = createRequire(import.meta.url);
const encoder = (internals('kafkajs/src/protocol/encoder') as { prototype: Encoder }).prototype;
const { writeVarIntBytes } = encoder;

/** kafkajs measures a value before it asks whether there is one. This one has the length of none, and is written as none. */
const nullValue = Buffer.alloc(0);

/** Mends kafkajs, for the process. Calling this again changes nothing. */
export function keepHeaders(): void {
  encoder.writeVarIntBytes = writeBytesOrNull;
}

/** The headers of a record, in their order. */
export function headersOf(
  record: Pick<KafkaMessage, 'headers'> & { readonly headerList?: readonly RecordHeader[] },
): readonly RecordHeader[] {
  return record.headerList ?? listed(record.headers ?? {});
}

/** The headers for a record that kafkajs is to write. */
export function toHeaders(headers: readonly RecordHeader[]): IHeaders {
  if (headers.length === 0) return {};
  const pairs = headers.map(({ name, value }) => ({ key: name, value: value === null ? nullValue : toBuffer(value) }));
  // kafkajs makes pairs of an object's members, and of a member that is a list one for each of its values, by `map`. So one
  // list, under whatever name, whose pairs are made already.
  return { pairs: Object.assign([] as string[], { map: () => pairs }) };
}

/** kafkajs knows a `Buffer` by its class and would spell out any other array of bytes. No copy. */
export function toBuffer<T extends string | null>(part: Uint8Array | T): Buffer | T {
  if (!(part instanceof Uint8Array) || Buffer.isBuffer(part)) return part;
  return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
}

/** What kafkajs promises its users, made in linear time. */
export function asKafkajsDoes(list: readonly RecordHeader[]): IHeaders {
  const byName = new Map<string, unknown>();
  for (const { name, value } of list) {
    const earlier = byName.get(name);
    if (Array.isArray(earlier)) earlier.push(value);
    else byName.set(name, byName.has(name) ? [earlier, value] : value);
  }
  return Object.fromEntries(byName) as IHeaders;
}

/** Of a record of an old format. */
function listed(headers: IHeaders): RecordHeader[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => ({ name, value: value ?? null })),
  );
}

function writeBytesOrNull(this: Encoder, value: unknown): Encoder {
  return writeVarIntBytes.call(this, value === nullValue ? null : value);
}
