import { isCurrentEpoch } from '../domain/group-epoch.ts';
import {
  keyText,
  valuesPerMemberMax,
  type GroupMember,
  type GroupSighting,
  type MemberValue,
  type SharedValue,
  type WordOnMember,
} from '../domain/group-member.ts';

/**
 * An account as groups know it after one more sighting; undefined where nothing of it is to be known. Pure; the same sightings in any
 * order, and as often as one likes, give the same but for values beyond the most that an account may have.
 */
export function mergeSighting(member: GroupMember | undefined, sighting: GroupSighting): GroupMember | undefined {
  if (member === undefined && sighting.values.length === 0) return undefined;
  const { keyHigh, keyLow, subject, createdMs, score, isActedOn, proof, word, values } = sighting;
  const shownMs = values.length > 0 ? sighting.timeMs : -Infinity;
  const proofs = member?.proofs ?? [];
  return {
    keyHigh,
    keyLow,
    subject,
    createdMs: Math.min(createdMs, member?.createdMs ?? Infinity),
    shownMs: Math.max(shownMs, member?.shownMs ?? -Infinity),
    score: Math.max(score, member?.score ?? 0),
    isActedOn: isActedOn || member?.isActedOn === true,
    proofs: proof === null || proofs.includes(proof) ? proofs : [...proofs, proof].toSorted(),
    word: laterWord(word, member?.word ?? null),
    values: withValues(member?.values ?? [], values),
  };
}

/** A text that tells the values of all kinds and epochs apart. */
export function valueText(value: SharedValue): string {
  return `${value.kind} ${value.epoch} ${keyText(value)}`;
}

export function isSame(first: SharedValue, second: SharedValue): boolean {
  return (
    first.keyLow === second.keyLow &&
    first.keyHigh === second.keyHigh &&
    first.epoch === second.epoch &&
    first.kind === second.kind
  );
}

/** A value without what belongs to one account that has it. */
export function ofNobody({ kind, epoch, keyHigh, keyLow }: SharedValue): SharedValue {
  return { kind, epoch, keyHigh, keyLow };
}

/** A sighting without the values that no longer count. @param newestEpoch that anybody was seen in. */
export function currentPart(sighting: GroupSighting, newestEpoch: number): GroupSighting {
  return { ...sighting, values: sighting.values.filter(({ epoch }) => isCurrentEpoch(epoch, newestEpoch)) };
}

/** The epochs whose accounts say whether a value of one is rare: that one, which may have hardly begun, and the one before. */
export function comparedEpochs(epoch: number): readonly [number, number] {
  return [epoch, epoch - 1];
}

/** Accounts among which a value of an epoch is rare or usual: those of the fuller one of the epochs that it is compared with. */
export function populationOf(epoch: number, accountsOf: (epoch: number) => number): number {
  return Math.max(...comparedEpochs(epoch).map(accountsOf));
}

function laterWord(said: WordOnMember | null, former: WordOnMember | null): WordOnMember | null {
  if (said === null || former === null) return said ?? former;
  const isLater = said.saidMs === former.saidMs ? said.isGenuine : said.saidMs > former.saidMs;
  return isLater ? said : former;
}

function withValues(held: readonly MemberValue[], shown: readonly SharedValue[]): readonly MemberValue[] {
  const fresh = shown.filter((value) => !held.some((own) => isSame(own, value)));
  if (fresh.length === 0) return held;
  return [...held, ...fresh.map((value) => ({ ...value, told: null }))].slice(0, valuesPerMemberMax);
}
