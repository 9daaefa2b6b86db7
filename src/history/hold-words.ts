import assert from 'node:assert/strict';
import type { HoldWord } from '../domain/legal-hold.ts';
import { limits } from '../domain/limits.ts';

/** Begins the text of a word of each type. */
export const holdWordMarks = {
  'account.erasure_requested': 'r',
  'account.hold_placed': 'h',
  'account.hold_lifted': 'l',
} as const satisfies Record<HoldWord['type'], string>;

const types = new Map(Object.entries(holdWordMarks).map(([type, mark]) => [mark as string, type as HoldWord['type']]));
const nothing = '-';

/** A word as stores keep it: of equal words equal texts, without a semicolon. */
export function holdWordText({ type, timeMs, knownMs, hold, untilMs }: HoldWord): string {
  return [holdWordMarks[type], timeMs, knownMs, hold ?? nothing, untilMs ?? nothing].join(' ');
}

/** Of what `holdWordText` wrote. */
export function readHoldWord(text: string): HoldWord {
  const [mark, timeMs, knownMs, hold, untilMs] = text.split(' ');
  const type = types.get(mark!);
  assert(type !== undefined && untilMs !== undefined, 'a word was written by this version, or one before');
  return {
    type,
    timeMs: Number(timeMs),
    knownMs: Number(knownMs),
    hold: hold === nothing ? null : hold!,
    untilMs: untilMs === nothing ? null : Number(untilMs),
  };
}

/** From how many on no more is kept. */
export interface HoldRoom {
  readonly accountsMax: number;
  /** Words of one account, and of all together. */
  readonly wordsMax: number;
  readonly allWordsMax: number;
}

/** As in `limits`. */
export const holdRoom: HoldRoom = Object.freeze({
  accountsMax: limits.heldAccountsMax,
  wordsMax: limits.holdWordsMax,
  allWordsMax: limits.heldWordsMax,
});

/** The room for a word: what ends a hold, or waits for that, has twice that of holds; else those could fill it, and nobody would be forgotten any more. */
export function roomFor({ type }: HoldWord, { accountsMax, wordsMax, allWordsMax }: HoldRoom): HoldRoom {
  const share = type === 'account.hold_placed' ? 1 : 2;
  return { accountsMax, wordsMax: wordsMax * share, allWordsMax: allWordsMax * share };
}
