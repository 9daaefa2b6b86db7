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
