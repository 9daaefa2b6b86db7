import type { Failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { IncomingRecord, OutgoingRecord, RecordBatch } from '../ports.ts';

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

/**
 * A record that is no event, for whoever repairs it: key, value and headers as received, and what is wrong in headers of ours.
 * Ours win over received headers of the same names: a dead letter that was sent again unrepaired tells of its last failure.
 * `failure` comes from `decodeEvent`, which cites nothing of the event; `failedAtMs` is in milliseconds since the epoch.
 */
export function deadLetter(
  record: IncomingRecord,
  source: Pick<RecordBatch, 'topic' | 'partition'>,
  failure: Failure,
  failedAtMs: number,
): OutgoingRecord {
  const added: Record<(typeof deadLetterHeaders)[number], string> = {
    'error-code': failure.code,
    'error-message': bounded(failure.message),
    'error-path': bounded(failure.path ?? '$'),
    'source-topic': source.topic,
    'source-partition': String(source.partition),
    'source-offset': String(record.offset),
    'failed-at': new Date(failedAtMs).toISOString(),
  };
  return { key: record.key, value: record.value, headers: { ...received(record.headers), ...added } };
}

function received(headers: IncomingRecord['headers']): Record<string, Uint8Array | string> {
  const defined = Object.entries(headers).filter((entry): entry is [string, Uint8Array | string] => {
    return entry[1] !== undefined;
  });
  return Object.fromEntries(defined);
}

/** The cut may fall inside a surrogate pair; UTF-8 has no half of one. */
function bounded(text: string): string {
  return text.slice(0, limits.headerLengthMax).toWellFormed();
}
