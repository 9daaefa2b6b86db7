import type { ArchiveItem } from '../item.ts';
import { forgottenId } from '../keyring.ts';
import type { OwnFacts } from './traits.ts';

type WordFacts = Extract<ArchiveItem, { kind: 'word' }>['facts'];

const dayMs = 86_400_000;

/** What is left of a decision once its account is forgotten: what a report counts, of a day. */
export function forgottenDecision<T extends OwnFacts>(facts: T, salt: Uint8Array): T {
  const id = forgottenId(salt, facts.id);
  return { ...facts, id, timeMs: dayOf(facts.timeMs), createdMs: null, score: null, supersedes: null, cohort: null };
}

export function forgottenWord(facts: WordFacts, salt: Uint8Array): WordFacts {
  return { ...facts, id: forgottenId(salt, facts.id), timeMs: dayOf(facts.timeMs), decision: null, askedMs: null };
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs) * dayMs;
}
