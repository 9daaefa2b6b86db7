import type { Standing } from '../../domain/standing.ts';
import { isJudgement, type Judgement } from '../../history/judgement.ts';
import {
  hasWord,
  isStanding,
  isWord,
  standingCode,
  standingWords,
  wordWords,
  writeStanding,
  writeWord,
} from '../../history/account-memory.ts';

/**
 * What is appended to an entity's log, in 32-bit words. The first word of each record is its header:
 *
 *   bits 0-3 type · 4-11 words, this one included · 12-15 counts · 16-19 elements · 20-23 measures · 24-31 flags
 */
export const recordTypes = {
  /** An event touches the entity: see `touch-record.ts`. */
  touch: 1,
  /**
   * What stands for an account, as `writeStanding` writes it. The flags are the action's place in the order, plus 1. Its counts are 1 where that
   * makes an account known that is not: members of a version before leave such a one unknown.
   */
  standing: 2,
  /** Something else is found of one of the entity's accounts: a `rejudgeCode` follows. */
  rejudge: 3,
  /** The account asked to be forgotten, and the entity with it: event key · low half of its offset. All before it is gone. */
  erase: 4,
  /** One of the entity's accounts is forgotten: its element · what was found of it, or 0. */
  forget: 5,
  /** A standing, and behind it what goes with it where a person spoke, or no time ends it: as `writeWord` writes it. */
  worded: 6,
} as const;

export interface RecordHeader {
  readonly type: number;
  readonly words: number;
  readonly counts?: number;
  readonly elements?: number;
  readonly measures?: number;
  readonly flags?: number;
}

export function headerOf({ type, words, counts = 0, elements = 0, measures = 0, flags = 0 }: RecordHeader): number {
  return (type | (words << 4) | (counts << 12) | (elements << 16) | (measures << 20) | (flags << 24)) >>> 0;
}

export function typeOf(header: number): number {
  return header & 0xf;
}

export function wordsOf(header: number): number {
  return (header >>> 4) & 0xff;
}

export function countsOf(header: number): number {
  return (header >>> 12) & 0xf;
}

export function elementsOf(header: number): number {
  return (header >>> 16) & 0xf;
}

export function measuresOf(header: number): number {
  return (header >>> 20) & 0xf;
}

export function flagsOf(header: number): number {
  return header >>> 24;
}

const plainStandingWords = 1 + standingWords;
/** Words of the longest record of a standing. */
export const standingRecordWords = plainStandingWords + wordWords;

/** Writes what stands for an account, which that makes known where it stands alone; returns the next place. */
export function writeStandingRecord(words: Uint32Array, at: number, standing: Standing, standsAlone = false): number {
  const flags = standingCode(standing);
  const counts = standsAlone ? 1 : 0;
  const isWorded = hasWord(standing);
  words[at] = isWorded
    ? headerOf({ type: recordTypes.worded, words: standingRecordWords, counts, flags })
    : headerOf({ type: recordTypes.standing, words: plainStandingWords, counts, flags });
  const next = writeStanding(words, at + 1, standing);
  return isWorded ? writeWord(words, next, standing) : next;
}

/** A judgement and the one that it takes the place of, or 0, as one number, which is never 0. */
export function rejudgeCode(former: Judgement, judgement: Judgement): number {
  return (former | (judgement << 16)) >>> 0;
}

/** Writes a change of judgement by its code; returns the next place. */
export function writeRejudge(words: Uint32Array, at: number, code: number): number {
  words[at] = headerOf({ type: recordTypes.rejudge, words: 2 });
  words[at + 1] = code;
  return at + 2;
}

/** Words of the records that an erasure writes: at the entity itself, and at those that hold something of it. */
export const eraseRecordWords = 3;
export const forgetRecordWords = 3;
const offsetModulus = 2 ** 32;

export function writeErase(words: Uint32Array, at: number, eventKey: number, offset: number): number {
  words[at] = headerOf({ type: recordTypes.erase, words: eraseRecordWords });
  words[at + 1] = eventKey;
  words[at + 2] = lowOffset(offset);
  return at + eraseRecordWords;
}

export function writeForget(words: Uint32Array, at: number, judgement: Judgement, element: number): number {
  words[at] = headerOf({ type: recordTypes.forget, words: forgetRecordWords });
  words[at + 1] = element;
  words[at + 2] = judgement;
  return at + forgetRecordWords;
}

/** Where a worded standing at `at` has what goes with it. */
export function wordPlace(at: number): number {
  return at + plainStandingWords;
}

/** Whether the record at `at`, which is no touch, is as this version writes it, or of a type that a later one may. */
export function isRecord(words: Uint32Array, at: number): boolean {
  const header = words[at]!;
  const length = wordsOf(header);
  switch (typeOf(header)) {
    case recordTypes.standing:
      return length === plainStandingWords && flagsOf(header) > 0 && isStanding(words, at + 1, flagsOf(header));
    case recordTypes.worded:
      return (
        length === standingRecordWords &&
        flagsOf(header) > 0 &&
        isStanding(words, at + 1, flagsOf(header)) &&
        isWord(words, wordPlace(at))
      );
    case recordTypes.rejudge:
      return length === 2 && isJudgement(words[at + 1]! & 0xffff) && isJudgement(words[at + 1]! >>> 16);
    case recordTypes.erase:
      return length === eraseRecordWords;
    case recordTypes.forget:
      return length === forgetRecordWords && isJudgement(words[at + 2]!);
    default:
      return typeOf(header) !== 0 && length > 0;
  }
}

/** What a record keeps of the offset of its event. */
export function lowOffset(offset: number): number {
  return offset % offsetModulus;
}
