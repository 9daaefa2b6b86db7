import { createHash } from 'node:crypto';
import type { Failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { IncomingRecord, OutgoingRecord, RecordBatch, RecordHeader } from '../ports.ts';

/** The headers that a dead letter carries beside those that it came with, in the contract's order. */
export const deadLetterHeaders = [
  'error-code',
  'error-message',
  'error-path',
  'source-topic',
  'source-partition',
  'source-offset',
  'failed-at',
] as const;

/** Those of a dead letter that is not whole. Each stands for itself: `value-…` where the value was cut, and so on. */
export const shrunkHeaders = ['value-bytes', 'value-sha256', 'key-bytes', 'key-sha256', 'headers-dropped'] as const;

/**
 * A record that is no event, for whoever repairs it: key, value and headers as received, and what is wrong in headers of ours.
 * Ours win over received headers of the same names: a dead letter that was sent again unrepaired tells of its last failure.
 * `failure` comes from `decodeEvent`, which cites nothing of the event; `failedAtMs` is in milliseconds since the epoch.
 *
 * Where the topic does not take it whole, it has a smaller form, so that no record is without a fate.
 */
export function deadLetter(
  record: IncomingRecord,
  { topic, partition }: Pick<RecordBatch, 'topic' | 'partition'>,
  failure: Failure,
  failedAtMs: number,
): OutgoingRecord {
  const added: Record<(typeof deadLetterHeaders)[number], string> = {
    'error-code': failure.code,
    'error-message': bounded(failure.message),
    'error-path': bounded(failure.path ?? '$'),
    'source-topic': topic,
    'source-partition': String(partition),
    'source-offset': String(record.offset),
    'failed-at': new Date(failedAtMs).toISOString(),
  };
  const { key, value, headers } = record;
  return {
    key,
    value,
    headers: withOurs(headers, added),
    source: { topic, partition, offset: record.offset },
    shrunk: (bytesMax, keyNeeded) => shrunkLetter(record, added, bytesMax, keyNeeded),
  };
}

/** Bytes of a header in a record beside its name and value, at most. */
const headerOverheadBytes = 16;
/** What the headers of a cut may take. */
const cutBytesMax = 512;
/** Each of key and received headers may keep this share of the room, so that the head of the value always has half. */
const sideShare = 1 / 4;

/**
 * The letter in at most `bytesMax` bytes, as far as that is possible: ours first, then the key, the headers as received and
 * the value, each whole or, where it is not, with headers that say how much there was. Key and value leave their head.
 */
function shrunkLetter(
  { key, value, headers, offset }: IncomingRecord,
  added: Readonly<Record<string, string>>,
  bytesMax: number,
  keyNeeded: boolean,
): OutgoingRecord {
  const room = Math.max(0, bytesMax - cutBytesMax - bytesOf(withOurs([], added)));
  const sideBytesMax = Math.floor(room * sideShare);
  const cuts: Record<string, string> = {};
  const keptKey = headOf('key', key, sideBytesMax, cuts);
  const keptHeaders = thatFit(headers, sideBytesMax);
  if (keptHeaders.length < headers.length) cuts['headers-dropped'] = String(headers.length - keptHeaders.length);
  const valueBytesMax = room - (keptKey?.byteLength ?? 0) - bytesOf(keptHeaders);
  return {
    key: keptKey ?? (keyNeeded ? `${added['source-topic']}/${added['source-partition']}/${offset}` : null),
    value: headOf('value', value, valueBytesMax, cuts),
    headers: withOurs(keptHeaders, { ...added, ...cuts }),
  };
}

/** The bytes themselves where they fit; else their head, and in `cuts` what the whole was. */
function headOf(
  part: 'key' | 'value',
  bytes: Uint8Array | null,
  bytesMax: number,
  cuts: Record<string, string>,
): Uint8Array | null {
  if (bytes === null || bytes.byteLength <= bytesMax) return bytes;
  cuts[`${part}-bytes`] = String(bytes.byteLength);
  cuts[`${part}-sha256`] = createHash('sha256').update(bytes).digest('hex');
  return bytes.subarray(0, bytesMax);
}

/** As many as fit, in their order: one that is too large for what is left makes no other go. */
function thatFit(headers: readonly RecordHeader[], bytesMax: number): RecordHeader[] {
  let bytes = 0;
  return headers.filter((header) => {
    const own = bytesOf([header]);
    if (bytes + own > bytesMax) return false;
    bytes += own;
    return true;
  });
}

function bytesOf(headers: readonly RecordHeader[]): number {
  let bytes = 0;
  for (const { name, value } of headers)
    bytes += headerOverheadBytes + Buffer.byteLength(name) + (value === null ? 0 : Buffer.byteLength(value));
  return bytes;
}

function withOurs(received: readonly RecordHeader[], ours: Readonly<Record<string, string>>): RecordHeader[] {
  return [
    ...received.filter(({ name }) => !Object.hasOwn(ours, name)),
    ...Object.entries(ours).map(([name, value]) => ({ name, value })),
  ];
}

/** The cut may fall inside a surrogate pair; UTF-8 has no half of one. */
function bounded(text: string): string {
  return text.slice(0, limits.headerLengthMax).toWellFormed();
}
