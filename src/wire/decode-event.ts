import type { AccountEvent } from '../domain/event.ts';
import type { Result } from '../domain/failure.ts';
import { failed, success } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { IncomingRecord } from '../ports.ts';
import { acceptEvent } from './accept-event.ts';
import { envelopeOf, isBinaryMode } from './binary-mode.ts';
import { explainEvent } from './explain-event.ts';
import { inspectJson } from './inspect-json.ts';

// Keeps a byte order mark, which JSON does not allow, so that it is refused by name.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const byteOrderMark = 0xfeff;

/**
 * The event in a record of Kafka: CloudEvents 1.0 in structured mode (the value is the whole event) or binary mode (`ce_*`
 * headers, the value is `data`). `nowMs` is the clock in milliseconds since the epoch. Never throws, whatever the bytes: what
 * is no event is a failure with a code `EVENT_*` and the JSON path of the fault in the structured form (`$.data.email`;
 * `$` for the whole, a star for a key that the contract does not know). No failure cites what was received.
 */
export function decodeEvent(record: IncomingRecord, nowMs: number): Result<AccountEvent> {
  const parsed = parseValue(record.value);
  if (!parsed.ok) return parsed;
  const { text, value } = parsed.value;

  if (!isBinaryMode(record.headers)) {
    const fault = inspectJson(text, value, '$', 0);
    return fault === undefined ? admit(value, nowMs) : { ok: false, failure: fault };
  }
  const fault = inspectJson(text, value, '$.data', 1);
  if (fault !== undefined) return { ok: false, failure: fault };
  const assembled = envelopeOf(record.headers, value);
  if ('faulty' in assembled) {
    return failed('EVENT_NOT_UTF8', `The header ce_${assembled.faulty} is not UTF-8.`, `$.${assembled.faulty}`);
  }
  return admit(assembled.envelope, nowMs);
}

function parseValue(bytes: Uint8Array | null): Result<{ readonly text: string; readonly value: unknown }> {
  if (bytes === null || bytes.length === 0) return failed('EVENT_EMPTY', 'The record has no value.', '$');
  if (bytes.length > limits.eventBytesMax) {
    const message = `The value has ${bytes.length} bytes; at most ${limits.eventBytesMax} are allowed.`;
    return failed('EVENT_TOO_LARGE', message, '$');
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return failed('EVENT_NOT_UTF8', 'The value is not UTF-8.', '$');
  }
  if (text.charCodeAt(0) === byteOrderMark) {
    return failed('EVENT_NOT_UTF8', 'The value starts with a byte order mark.', '$');
  }
  try {
    return success({ text, value: JSON.parse(text) });
  } catch {
    // The parser's own message cites the text.
    return failed('EVENT_NOT_JSON', 'The value is not JSON.', '$');
  }
}

function admit(envelope: unknown, nowMs: number): Result<AccountEvent> {
  const event = acceptEvent(envelope);
  if (event === undefined) return { ok: false, failure: explainEvent(envelope) };
  const aheadMs = event.timeMs - nowMs;
  if (aheadMs > limits.eventAheadMsMax) {
    const message = `The time is ${aheadMs} ms ahead of the clock; at most ${limits.eventAheadMsMax} are allowed.`;
    return failed('EVENT_TIME_AHEAD', message, '$.time');
  }
  return success(event);
}
