import { failed, success, type Result } from '../domain/failure.ts';
import { hasTooManyParts, tooManyParts } from './json-bounds.ts';
import { isObject } from './primitives.ts';

/**
 * JSON format of CloudEvents 1.0.2, section 3.1.1: an SDK that is given bytes writes them as `data_base64` instead of `data`.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */

const decoder = new TextDecoder('utf-8', { fatal: true });
/**
 * With the letters of URLs and broken lines, as some encoders write it: what is meant is clear. Blanks fit in one place only: in two, blanks that
 * something else follows would be tried as often as there are ways to divide them.
 */
const base64 = /^[A-Za-z0-9+/_\-\s]*(?:=\s*){0,2}$/;
const path = '$.data_base64';

/** The envelope with its data as JSON: itself, unless it has `data_base64` and no `data`. */
export function withData(envelope: unknown): Result<unknown> {
  if (!isObject(envelope)) return success(envelope);
  const { data, data_base64: encoded }: { readonly data?: unknown; readonly data_base64?: unknown } = envelope;
  if (encoded === undefined || encoded === null || (data !== undefined && data !== null)) return success(envelope);
  if (typeof encoded !== 'string' || !base64.test(encoded))
    return failed('EVENT_WRONG_VALUE', 'It is not base64.', path);
  return withParsed(envelope, Buffer.from(encoded, 'base64'));
}

function withParsed(envelope: object, bytes: Uint8Array): Result<unknown> {
  try {
    const text = decoder.decode(bytes);
    if (hasTooManyParts(text)) return { ok: false, failure: tooManyParts(path) };
    return success({ ...envelope, data: JSON.parse(text) as unknown });
  } catch {
    return failed('EVENT_WRONG_VALUE', 'Its bytes are not JSON in UTF-8.', path);
  }
}
