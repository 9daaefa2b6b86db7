import type { ArchiveItem } from '../item.ts';
import { forgottenId } from '../keyring.ts';

type Facts<Kind extends ArchiveItem['kind']> = Extract<ArchiveItem, { kind: Kind }>['facts'];

const dayMs = 86_400_000;

/** What is left of a decision once its account is forgotten: what a report counts, of a day. */
export function forgottenDecision(facts: Facts<'decision'>, salt: Uint8Array): Facts<'decision'> {
  const id = forgottenId(salt, facts.id);
  return { ...facts, id, timeMs: dayOf(facts.timeMs), createdMs: null, score: null, supersedes: null, cohort: null };
}

export function forgottenWord(facts: Facts<'word'>, salt: Uint8Array): Facts<'word'> {
  return { ...facts, id: forgottenId(salt, facts.id), timeMs: dayOf(facts.timeMs), decision: null, askedMs: null };
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs) * dayMs;
}
