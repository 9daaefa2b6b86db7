import { createHash } from 'node:crypto';
import type { Feature } from './feature.ts';

/**
 * Raised when events are read in another way (an address, a mailbox, a name), so that features change although no definition does.
 */
const readingVersion = 2;

/**
 * What a feature is, in 16 hexadecimal digits: equal where a model that learned it elsewhere meets the same numbers here. A name
 * alone does not say so: its definition may have been mended since.
 */
export function definitionHash({ name, definition, unit, range, missing }: Feature): string {
  return createHash('sha256')
    .update(JSON.stringify([readingVersion, name, definition, unit, range, missing]))
    .digest('hex')
    .slice(0, 16);
}
