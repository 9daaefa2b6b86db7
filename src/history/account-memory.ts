import { actions } from '../domain/decision.ts';
import type { Standing } from '../domain/standing.ts';
import { labelledKinds, recentEventsMax, youngAgeMsMax } from '../features/state.ts';
import { readDouble, writeDouble } from './doubles.ts';
import { isJudgement, labelOf, type Judgement } from './judgement.ts';
import type { Memory, RecordLayout } from './record.ts';

const decisionIdPrefix = 'dec_';
/** A decision id is the prefix and this many 32-bit words in hexadecimal. */
const decisionIdWords = 4;
/** Words of a standing without its action: since when (a double), decision id. */
export const standingWords = 2 + decisionIdWords;

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

  /** @param record that of accounts. */
  constructor(record: RecordLayout) {
    this.#standing = record.reserve('standing', standingWords, 4);
    this.#recent = record.reserve('recent events', recentEventsMax, 4);
    this.#links = record.reserve('links', linkWords, 4);
    this.#action = record.reserve('action, recent position, judgement', 4, 1);
    this.#recentAt = this.#action + 1;
    this.#judgement = this.#action + 2;
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
      const at = row + labelledKinds[link]!.kindIndex * 2;
      this.setLink(memory, start, link, keys[at]!, keys[at + 1]!);
    }
  }

  setLink({ words }: Memory, start: number, link: number, high: number, low: number): void {
    words[start + this.#links + link * 2] = high;
    words[start + this.#links + link * 2 + 1] = low;
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

  /** Notes what people find; returns what they found before. The same again renews nothing. */
  judge(memory: Memory, start: number, judgement: Judgement): Judgement {
    const former = this.judgement(memory, start);
    if (labelOf(former) === labelOf(judgement)) return former;
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
      bytes[start * 4 + this.#recentAt]! < recentEventsMax &&
      isJudgement(this.judgement(memory, start))
    );
  }

  standing({ words, bytes }: Memory, start: number): Standing | undefined {
    const code = bytes[start * 4 + this.#action]!;
    return code === 0 ? undefined : readStanding(words, start + this.#standing, code);
  }

  settle({ words, bytes }: Memory, start: number, standing: Standing): void {
    bytes[start * 4 + this.#action] = standingCode(standing);
    writeStanding(words, start + this.#standing, standing);
  }

  /** Takes over a standing that `writeStanding` wrote at `at`. */
  takeStanding({ words, bytes }: Memory, start: number, code: number, source: Uint32Array, at: number): void {
    bytes[start * 4 + this.#action] = code;
    for (let word = 0; word < standingWords; word++) words[start + this.#standing + word] = source[at + word]!;
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
    words[at++] = Number.parseInt(decisionId.slice(from, from + 8), 16);
  }
  return at;
}

/** Whether `writeStanding` can have written this at `at`, or nothing stands. */
export function isStanding(words: Uint32Array, at: number, code: number): boolean {
  return code <= actions.length && Number.isFinite(readDouble(words, at));
}

/** The standing that `writeStanding` wrote at `at`. Its id is spelt out when it is asked for: most events leave what stands alone. */
export function readStanding(words: Uint32Array, at: number, code: number): Standing {
  const id = words.slice(at + 2, at + standingWords);
  return {
    action: actions[code - 1]!,
    get decisionId() {
      return spelt(id);
    },
    sinceMs: readDouble(words, at),
  };
}

function spelt(id: Uint32Array): string {
  let decisionId = decisionIdPrefix;
  for (const word of id) decisionId += word.toString(16).padStart(8, '0');
  return decisionId;
}
