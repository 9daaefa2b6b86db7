import type { EntityKeyHasher } from './entity-key.ts';

/** A value by which a key secret is known again, and which does not tell it: the hash of a text that no entity has. 16 hexadecimal digits. */
export function secretCheckOf(hasher: EntityKeyHasher): string {
  hasher.hashText(checkDomain, 'snapshot');
  return [hasher.high, hasher.low].map((half) => half.toString(16).padStart(8, '0')).join('');
}

/** Hash domain that neither entities nor elements use. */
const checkDomain = 253;
