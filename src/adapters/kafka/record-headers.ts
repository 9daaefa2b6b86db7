import { createRequire } from 'node:module';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { RecordHeader } from '../../ports.ts';
import { CodecError } from './codecs.ts';

/**
 * Headers as they are on the wire: a list of names and values in an order, where names repeat and values may be null.
 *
 * kafkajs 2.2.4 has an object for them instead. It loses the order, cannot write a null at all, and copies the object once for
 * each header it reads: a record of a megabyte of small headers holds the thread for minutes. None of that can be helped from
 * outside, so its decoder and encoder are mended here, in the two methods that nothing but headers and records uses. The client
 * has had no release since 2023; `tests/unit/adapters/kafka/record-headers.test.ts` fails when another one changes what this
 * rests on.
 */

/** Inside kafkajs, without types; only what is touched here. */
interface Decoder {
  readonly buffer: Buffer;
  readonly offset: number;
  readVarInt(): number;
  readVarIntString(): string | null;
  readVarIntBytes(): Buffer | null;
  /** Called for the headers of a record and for nothing else; what it returns is reduced to an object. */
  readVarIntArray(reader: unknown): { reduce(): IHeaders };
}
interface Encoder {
  writeVarIntBytes: (this: Encoder, value: unknown) => Encoder;
}

const internals = createRequire(import.meta.url);
const decoder = (internals('kafkajs/src/protocol/decoder') as { prototype: Decoder }).prototype;
const encoder = (internals('kafkajs/src/protocol/encoder') as { prototype: Encoder }).prototype;
const { writeVarIntBytes } = encoder;

/** A name and a value, each with its length, take two bytes at least. */
const headerBytesMin = 2;
const inOrder = Symbol('headers in their order');
/** kafkajs measures a value before it asks whether there is one. This one has the length of none, and is written as none. */
const nullValue = Buffer.alloc(0);

/** Mends kafkajs, for the process. Calling this again changes nothing. */
export function keepHeaders(): void {
  decoder.readVarIntArray = readHeaders;
  encoder.writeVarIntBytes = writeBytesOrNull;
}

/** The headers of a record that kafkajs has read, in their order. */
export function headersOf({ headers }: Pick<KafkaMessage, 'headers'>): readonly RecordHeader[] {
  if (headers === undefined) return [];
  return (headers as { readonly [inOrder]?: readonly RecordHeader[] })[inOrder] ?? listed(headers);
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

function readHeaders(this: Decoder): { reduce(): IHeaders } {
  const count = this.readVarInt();
  const bytes = this.buffer.length - this.offset;
  if (count * headerBytesMin > bytes) throw new CodecError(`A record claims ${count} headers in ${bytes} bytes`);
  const list: RecordHeader[] = [];
  for (let index = 0; index < count; index += 1)
    list.push({ name: this.readVarIntString() ?? '', value: this.readVarIntBytes() });
  return { reduce: () => asKafkajsDoes(list) };
}

/** What kafkajs promises its users, made in linear time; with the list beside it. */
function asKafkajsDoes(list: readonly RecordHeader[]): IHeaders {
  const byName = new Map<string, unknown>();
  for (const { name, value } of list) {
    const earlier = byName.get(name);
    if (Array.isArray(earlier)) earlier.push(value);
    else byName.set(name, byName.has(name) ? [earlier, value] : value);
  }
  return Object.defineProperty(Object.fromEntries(byName) as IHeaders, inOrder, { value: list });
}

/** Of a record that did not come through the mended decoder. */
function listed(headers: IHeaders): RecordHeader[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => ({ name, value: value ?? null })),
  );
}

function writeBytesOrNull(this: Encoder, value: unknown): Encoder {
  return writeVarIntBytes.call(this, value === nullValue ? null : value);
}
