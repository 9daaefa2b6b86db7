import type { AccountEvent } from '../domain/event.ts';
import type { Result } from '../domain/failure.ts';
import { failed, success } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { IncomingRecord } from '../ports.ts';
import { acceptEvent } from './accept-event.ts';
import { contentTypeOf, envelopeOf, isBinaryMode } from './binary-mode.ts';
import { withData } from './data-base64.ts';
import { explainEvent } from './explain-event.ts';
import { framingFailure } from './framing.ts';
import { hasTooManyParts, tooManyParts } from './json-bounds.ts';
import { isObject } from './primitives.ts';

type Headers = IncomingRecord['headers'];

// Passes over a byte order mark, as RFC 8259 allows: some libraries always write it, and what is meant is clear.
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Formats of CloudEvents that content types name and Winnow does not read. */
const otherFormats = ['avro', 'protobuf', 'xml'] as const;

/**
 * The event in a record of Kafka: CloudEvents 1.0 in structured mode (the value is the whole event) or binary mode (`ce_*`
 * headers, the value is `data`). Never throws, whatever the bytes: what is no event is a failure with a code `EVENT_*` and the
 * JSON path of the fault in the structured form (`$.data.status`; `$` for the whole). No failure cites what was received.
 * Whether the time is within bounds is the caller's to judge.
 */
export function decodeEvent({ value, headers }: IncomingRecord): Result<AccountEvent> {
  const parsed = parseValue(value, headers);
  if (!parsed.ok) return parsed;
  if (isWholeEvent(parsed.value) || !isBinaryMode(headers) || isStructured(headers)) return admitWhole(parsed.value);
  const assembled = envelopeOf(headers, parsed.value);
  if ('faulty' in assembled) {
    return failed('EVENT_NOT_UTF8', `The header ce_${assembled.faulty} is not UTF-8.`, `$.${assembled.faulty}`);
  }
  return namingHeader(admit(assembled.envelope));
}

/** In binary mode too: some producers write the whole event and the headers, and no content type. */
function isWholeEvent(value: unknown): boolean {
  return isObject(value) && Object.hasOwn(value, 'specversion') && Object.hasOwn(value, 'type');
}

function isStructured(headers: Headers): boolean {
  return contentTypeOf(headers)?.startsWith('application/cloudevents') ?? false;
}

function parseValue(bytes: Uint8Array | null, headers: Headers): Result<unknown> {
  if (bytes === null || bytes.length === 0) return failed('EVENT_EMPTY', 'The record has no value.', '$');
  if (bytes.length > limits.eventBytesMax) {
    const message = `The value has ${bytes.length} bytes; at most ${limits.eventBytesMax} are allowed.`;
    return failed('EVENT_TOO_LARGE', message, '$');
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return unreadable(bytes, headers, 'EVENT_NOT_UTF8', 'The value is not UTF-8.');
  }
  if (hasTooManyParts(text)) return { ok: false, failure: tooManyParts('$') };
  try {
    return success(JSON.parse(text));
  } catch {
    // The parser's own message cites the text.
    return unreadable(bytes, headers, 'EVENT_NOT_JSON', 'The value is not JSON.');
  }
}

/** Names what the value is instead, where its first bytes or its content type tell. */
function unreadable(
  bytes: Uint8Array,
  headers: Headers,
  code: 'EVENT_NOT_UTF8' | 'EVENT_NOT_JSON',
  message: string,
): Result<never> {
  const framing = framingFailure(bytes);
  if (framing !== undefined) return { ok: false, failure: framing };
  const contentType = contentTypeOf(headers);
  const other = otherFormats.find((format) => contentType?.includes(format));
  if (other === undefined) return failed(code, message, '$');
  return failed('EVENT_FRAMED', `Expected JSON, and the content type says ${other}.`, '$');
}

function admitWhole(value: unknown): Result<AccountEvent> {
  const envelope = withData(value);
  return envelope.ok ? admit(envelope.value) : envelope;
}

function admit(envelope: unknown): Result<AccountEvent> {
  const event = acceptEvent(envelope);
  return event === undefined ? { ok: false, failure: explainEvent(envelope) } : success(event);
}

/** In binary mode an attribute that is missing is a header, missing or null. */
function namingHeader(result: Result<AccountEvent>): Result<AccountEvent> {
  if (result.ok || result.failure.code !== 'EVENT_MISSING_MEMBER') return result;
  const attribute = /^\$\.([a-z]+)$/.exec(result.failure.path ?? '')?.[1];
  if (attribute === undefined || attribute === 'data') return result;
  return failed('EVENT_MISSING_MEMBER', `The header ce_${attribute} is missing or null.`, `$.${attribute}`);
}
