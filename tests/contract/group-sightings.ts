import { epochsOf } from '../../src/domain/group-epoch.ts';
import type { GroupSighting, SharedValue } from '../../src/domain/group-member.ts';
import { groupEdgeKinds, type EdgeKind } from '../../src/domain/group-verdict.ts';

/** A Thursday on which an epoch began a day before: far from both ends of it. Milliseconds since the epoch. */
export const startMs = Math.ceil(Date.UTC(2026, 9, 1) / (7 * 86_400_000)) * 7 * 86_400_000 + 86_400_000;

export interface PlainSighting extends Partial<Omit<GroupSighting, 'values' | 'keyHigh' | 'keyLow' | 'subject'>> {
  readonly account: number;
  /** What it shows, by kind. */
  readonly shows?: Readonly<Partial<Record<EdgeKind, string>>>;
}

/** A sighting of a made-up account: as groups see a signup that shows what it says, with evidence of its own unless it says otherwise. */
export function sighting({ account, shows = {}, ...rest }: PlainSighting): GroupSighting {
  const timeMs = rest.timeMs ?? startMs;
  return {
    ...keyOf(account),
    subject: subjectOf(account),
    timeMs,
    values: Object.entries(shows).flatMap(([kind, text]) => valuesOf(kind as EdgeKind, text, timeMs)),
    createdMs: timeMs,
    score: 0.9,
    isActedOn: false,
    proof: null,
    word: null,
    isNews: Object.keys(shows).length === 0,
    ...rest,
  };
}

export function keyOf(account: number) {
  return { keyHigh: account * 7919, keyLow: account };
}

export function subjectOf(account: number): string {
  return `acc_${account}`;
}

/** What a text is under a kind, in each epoch in which the time counts. */
export function valuesOf(kind: EdgeKind, text: string, timeMs = startMs): readonly SharedValue[] {
  return epochsOf(timeMs).map((epoch) => ({
    kind,
    epoch,
    keyHigh: sum(`${kind} ${epoch} ${text}`),
    keyLow: 1 + groupEdgeKinds.indexOf(kind),
  }));
}

/** FNV-1a (Fowler, Noll, Vo). */
function sum(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return hash;
}
