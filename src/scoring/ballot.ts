import type { ModelReference, ModelRole } from '../domain/decision.ts';

/** A model that speaks for an account, and in which part: as the account's decisions name it. */
export type Speaker = ModelReference & { readonly role: ModelRole };

/**
 * Says which model speaks for which account, by the account id. Pure, and the same for all events of a batch: one account is judged by
 * one model, whichever member of the group handles it.
 */
export type Ballot = (subject: string) => Speaker;

/** The ballot of a panel of one. */
export function championForAll(champion: ModelReference): Ballot {
  const speaker: Speaker = Object.freeze({ ...champion, role: 'champion' });
  return () => speaker;
}

/** Accounts whose place lies below the share get the canary; a larger share takes more and gives none back. */
export function canaryForSome(champion: ModelReference, canary: ModelReference, share: number): Ballot {
  const others = championForAll(champion);
  const speaker: Speaker = Object.freeze({ ...canary, role: 'canary' });
  return (subject) => (placeOf(subject, canary.sha256) < share ? speaker : others(subject));
}

/**
 * The place of an account among all, evenly from 0 to below 1. Each salt has an order of its own: whom one canary takes says nothing of
 * whom the next one does. (FNV-1a, mixed at the end as MurmurHash3 is: no secret is kept by it.)
 */
export function placeOf(subject: string, salt: string): number {
  let hash = mix(mix(0x811c9dc5, salt), subject);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function mix(start: number, text: string): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
