import { actions } from '../domain/decision.ts';
import { outranks, type Standing, type Word } from '../domain/standing.ts';
import { labelCodes } from '../features/observation.ts';
import { labelledKinds, recentEventsMax, youngAgeMsMax } from '../features/state.ts';
import { readDouble, writeDouble } from './doubles.ts';
import { isJudgement, judgementOf, labelOf, type Judgement } from './judgement.ts';
import type { Memory, RecordLayout } from './record.ts';

const decisionIdPrefix = 'dec_';
/** A decision id is the prefix and this many 32-bit words in hexadecimal. */
const decisionIdWords = 4;
/** Words of a standing without its action: since when (a double), decision id. */
export const standingWords = 2 + decisionIdWords;

/** Words of what goes with a standing where a person has spoken, no time ends it or a group brought it: when (a double), protection in seconds, flags. */
export const wordWords = 4;
const protectionAt = 2;
const flagsAt = 3;
/**
 * Of the flags: place of the action in the order that a person holds it at, plus 1, or 0 where nobody has spoken; what lasts; and in the
 * upper 24 bits the tag of a group, or 0 where none brought it.
 */
const holdsMask = 0b111;
const lastsFlag = 0b1000;
const cohortShift = 8;
/** Protection that no time ends. */
const unending = 0xffff_ffff;

/** 32-bit words of the entity keys that an account remembers from its signup. */
const linkWords = labelledKinds.length * 2;

/** Whether an account that acts is young. A new one, whose age is NaN, is: it is as old as it is after its first event. */
export function isYoung(ageMs: number): boolean {
  return !(ageMs >= youngAgeMsMax);
}

/** What is remembered of accounts beside their counters: what stands, the last event ids, the label, the signup's entities. */
export class AccountMemory {
  /** Words: since when the action stands, and its decision, as `writeStanding` writes them. */
  readonly #standing: number;
  /** Words: what goes with it, as `writeWord` writes it; zeros where nothing does. */
  readonly #word: number;
  /** Words: a ring of event keys, oldest overwritten first; 0 where none is yet. */
  readonly #recent: number;
  /** Words: keys of the signup's entities, in the order of `labelledKinds`; both halves 0 for none. */
  readonly #links: number;
  /**
   * Bytes: place of the action in the order, plus 1, or 0 for no standing; where the ring is written next; and what people found
   * of the account, a `Judgement` of two bytes.
   */
  readonly #action: number;
  readonly #recentAt: number;
  readonly #judgement: number;
  /** Doubles: event time of the label that the judgement is of; 0 for none. */
  readonly #judgedMs: number;

  /** @param record that of accounts. */
  constructor(record: RecordLayout) {
    this.#standing = record.reserve('standing', standingWords, 4);
    this.#word = record.reserve('word', wordWords, 4);
    this.#recent = record.reserve('recent events', recentEventsMax, 4);
    this.#links = record.reserve('links', linkWords, 4);
    this.#action = record.reserve('action, recent position, judgement', 4, 1);
    this.#recentAt = this.#action + 1;
    this.#judgement = this.#action + 2;
    this.#judgedMs = record.reserve('judged at', 1, 8);
  }

  /** Whether the account has had this event already; remembers it if not. */
  seen({ words, bytes }: Memory, start: number, eventKey: number): boolean {
    const first = start + this.#recent;
    for (let at = first; at < first + recentEventsMax; at++) if (words[at] === eventKey) return true;
    const recentAt = bytes[start * 4 + this.#recentAt]!;
    words[first + recentAt] = eventKey;
    bytes[start * 4 + this.#recentAt] = (recentAt + 1) % recentEventsMax;
    return false;
  }

  /**
   * Remembers the entities of a signup: `keys` is its row of `ObservationBatch.keys`, starting at `row`. A judgement stands where
   * the account signed up before it came: another signup must not draw it elsewhere.
   */
  join(memory: Memory, start: number, keys: Uint32Array, row: number): void {
    if (this.judgement(memory, start) !== 0) return;
    for (let link = 0; link < labelledKinds.length; link++) {
      const from = row + labelledKinds[link]!.kindIndex * 2;
      const to = start + this.#links + link * 2;
      memory.words[to] = keys[from]!;
      memory.words[to + 1] = keys[from + 1]!;
    }
  }

  /** High half of the key of a signup's entity; the low half with `half` 1. */
  link({ words }: Memory, start: number, link: number, half: 0 | 1): number {
    return words[start + this.#links + link * 2 + half]!;
  }

  /** What people found of the account. */
  judgement({ bytes }: Memory, start: number): Judgement {
    const at = start * 4 + this.#judgement;
    return bytes[at]! | (bytes[at + 1]! << 8);
  }

  /** The same where the account signed up with an entity, else none: there it is one of those that are counted. */
  judgementAt(memory: Memory, start: number, link: number, high: number, low: number): Judgement {
    const isLinked = this.link(memory, start, link, 0) === high && this.link(memory, start, link, 1) === low;
    return isLinked ? this.judgement(memory, start) : 0;
  }

  /**
   * Notes what a label says at an event time; returns what people found before. The same again renews nothing.
   *
   * Undefined, and nothing is noted, where it comes after a later one, by the time of their events. Of two that were given in the same
   * millisecond the genuine one holds.
   * @param label as in `ObservationBatch.labels`, and none of `none`.
   */
  takeLabel(memory: Memory, start: number, label: number, timeMs: number): Judgement | undefined {
    const judgedMs = memory.doubles[start / 2 + this.#judgedMs]!;
    if (timeMs < judgedMs || (timeMs === judgedMs && label !== labelCodes.genuine)) return undefined;
    memory.doubles[start / 2 + this.#judgedMs] = timeMs;
    const former = this.judgement(memory, start);
    if (labelOf(former) === label) return former;
    const judgement = judgementOf(label, timeMs);
    const at = start * 4 + this.#judgement;
    memory.bytes[at] = judgement & 0xff;
    memory.bytes[at + 1] = judgement >>> 8;
    return former;
  }

  /** Whether events and decisions can have made this. */
  isSound(memory: Memory, start: number): boolean {
    const { words, bytes } = memory;
    return (
      isStanding(words, start + this.#standing, bytes[start * 4 + this.#action]!) &&
      isWord(words, start + this.#word) &&
      bytes[start * 4 + this.#recentAt]! < recentEventsMax &&
      isJudgement(this.judgement(memory, start)) &&
      Number.isFinite(memory.doubles[start / 2 + this.#judgedMs])
    );
  }

  standing({ words, bytes }: Memory, start: number): Standing | undefined {
    const code = bytes[start * 4 + this.#action]!;
    if (code === 0) return undefined;
    return readStanding(words, start + this.#standing, code, start + this.#word);
  }

  /** Whether no time ends what stands. */
  lasts({ words }: Memory, start: number): boolean {
    return (words[start + this.#word + flagsAt]! & lastsFlag) !== 0;
  }

  /**
   * Notes what stands. What was decided before a person spoke does not replace what they said: it was decided without knowing of it,
   * by whoever handles the account's other topic.
   */
  settle({ words, bytes }: Memory, start: number, standing: Standing): void {
    if (isOutranked(readWord(words, start + this.#word), standing.word)) return;
    bytes[start * 4 + this.#action] = standingCode(standing);
    writeStanding(words, start + this.#standing, standing);
    writeWord(words, start + this.#word, standing);
  }

  /**
   * Takes over a standing that `writeStanding` wrote at `at`, as `settle` does.
   * @param wordAt where `writeWord` wrote what goes with it; -1 where nothing does.
   */
  takeStanding(
    { words, bytes }: Memory,
    start: number,
    code: number,
    source: Uint32Array,
    at: number,
    wordAt: number,
  ): void {
    const former = readWord(words, start + this.#word);
    if (isOutranked(former, wordAt < 0 ? undefined : readWord(source, wordAt))) return;
    bytes[start * 4 + this.#action] = code;
    for (let word = 0; word < standingWords; word++) words[start + this.#standing + word] = source[at + word]!;
    for (let word = 0; word < wordWords; word++)
      words[start + this.#word + word] = wordAt < 0 ? 0 : source[wordAt + word]!;
  }
}

/** How an action that stands is written down: never 0. */
export function standingCode({ action }: Standing): number {
  return actions.indexOf(action) + 1;
}

/** Writes a standing without its action; returns the next place. */
export function writeStanding(words: Uint32Array, at: number, { sinceMs, decisionId }: Standing): number {
  at = writeDouble(words, at, sinceMs);
  for (let word = 0; word < decisionIdWords; word++) {
    const from = decisionIdPrefix.length + word * 8;
    words[at++] = decisionId === null ? 0 : Number.parseInt(decisionId.slice(from, from + 8), 16);
  }
  return at;
}

/** Whether a standing has what `writeWord` writes. */
export function hasWord({ word, lasts, cohort }: Standing): boolean {
  return word !== undefined || lasts === true || cohort !== undefined;
}

/** Writes what goes with a standing; returns the next place. */
export function writeWord(words: Uint32Array, at: number, { word, lasts, cohort = 0 }: Standing): number {
  writeDouble(words, at, word?.saidMs ?? 0);
  words[at + protectionAt] = word === undefined ? 0 : protectionOf(word);
  const holds = word === undefined ? 0 : actions.indexOf(word.holds) + 1;
  words[at + flagsAt] = holds | (lasts === true ? lastsFlag : 0) | (cohort << cohortShift);
  return at + wordWords;
}

/** Whether `writeWord` can have written this at `at`. */
export function isWord(words: Uint32Array, at: number): boolean {
  const flags = words[at + flagsAt]!;
  const known = (1 << cohortShift) - 1;
  return (flags & known & ~lastsFlag) <= actions.length && Number.isFinite(readDouble(words, at));
}

/** What a person said, as `writeWord` wrote it at `at`; undefined where nobody did. */
function readWord(words: Uint32Array, at: number): Word | undefined {
  const code = words[at + flagsAt]! & holdsMask;
  if (code === 0) return undefined;
  const saidMs = readDouble(words, at);
  const seconds = words[at + protectionAt]!;
  const protectedUntilMs = seconds === 0 ? 0 : seconds === unending ? Infinity : saidMs + seconds * 1000;
  return { saidMs, holds: actions[code - 1]!, protectedUntilMs };
}

function protectionOf({ saidMs, protectedUntilMs }: Word): number {
  return protectedUntilMs === 0 ? 0 : Math.min(unending, Math.max(1, Math.round((protectedUntilMs - saidMs) / 1000)));
}

/** Whether what a person said is later than what a standing knew of when it was decided. */
function isOutranked(held: Word | undefined, known: Word | undefined): boolean {
  return held !== undefined && (known === undefined || outranks(held, known));
}

/** Whether `writeStanding` can have written this at `at`, or nothing stands. */
export function isStanding(words: Uint32Array, at: number, code: number): boolean {
  return code <= actions.length && Number.isFinite(readDouble(words, at));
}

/** The standing that `writeStanding` wrote at `at`, and `writeWord` at `wordAt`. Its id is spelt out when it is asked for: most events leave what stands alone. */
export function readStanding(words: Uint32Array, at: number, code: number, wordAt: number): Standing {
  const id = words.slice(at + 2, at + standingWords);
  const standing = {
    action: actions[code - 1]!,
    get decisionId() {
      return spelt(id);
    },
    sinceMs: readDouble(words, at),
  };
  const flags = words[wordAt + flagsAt]!;
  if (flags === 0) return standing;
  const word = readWord(words, wordAt);
  const lasts = (flags & lastsFlag) !== 0;
  const cohort = flags >>> cohortShift;
  return Object.assign(standing, word && { word }, lasts && ({ lasts } as const), cohort !== 0 && { cohort });
}

function spelt(id: Uint32Array): string | null {
  if (id.every((word) => word === 0)) return null;
  let decisionId = decisionIdPrefix;
  for (const word of id) decisionId += word.toString(16).padStart(8, '0');
  return decisionId;
}
