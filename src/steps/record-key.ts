import type { Misplacement } from '../telemetry.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * How a record's key differs from the account that its event is about; undefined where it is that account. The key chooses the
 * partition, and only events of one partition keep their order.
 */
export function misplacementOf(key: Uint8Array | null, subject: string): Misplacement | undefined {
  if (key === null || key.length === 0) return 'no_key';
  return isAscii(key, subject) || decoder.decode(key) === subject ? undefined : 'other_key';
}

/** Account ids are ASCII nearly always, and then byte by byte the same as their key. */
function isAscii(key: Uint8Array, subject: string): boolean {
  if (key.length !== subject.length) return false;
  for (let at = 0; at < key.length; at++) if (key[at] !== subject.charCodeAt(at) || key[at]! > 0x7f) return false;
  return true;
}
