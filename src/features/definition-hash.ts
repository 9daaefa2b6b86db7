import { createHash } from 'node:crypto';
import type { Feature } from './feature.ts';

/**
 * Raised when events of a kind that models learned from are read in another way (an address, a mailbox, a name), so that features change
 * although no definition does: every bundle, matrix and norms file from before is then refused.
 *
 * Not raised where a reading takes to the definition what it had missed, and no event of training has that: another stand-in for a device,
 * a name with a mark that nobody sees. Such an event then gets the numbers of its like, which a model knows: those of an event without a
 * device, of the same name in plain letters. What reference data know changes in the same way with each of their releases.
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
