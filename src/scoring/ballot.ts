import type { ModelReference, ModelRole } from '../domain/decision.ts';
import { placeOf } from '../domain/place-of.ts';

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
