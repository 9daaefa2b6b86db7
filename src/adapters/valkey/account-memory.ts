import type { Standing } from '../../domain/standing.ts';
import { labelCodes } from '../../features/observation.ts';
import { labelledKinds, recentEventsMax } from '../../features/state.ts';
import { readStanding, standingWords } from './record.ts';
import { linkWords } from './touch-record.ts';

const linksMax = labelledKinds.length;

/** What is remembered of an account beside its counters: what stands, its last events, its label, its signup's entities. */
export class AccountMemory {
  /** What people say of the account, as in `ObservationBatch.labels`. */
  label: number = labelCodes.none;
  /** The label before, and the key of the event that changed it. */
  formerLabel: number = labelCodes.none;
  #labelEvent = 0;
  /** [linkCount × linkWords] the labelled entities of its signup. */
  readonly links = new Uint32Array(linksMax * linkWords);
  linkCount = 0;
  /** Keys of its last events, oldest first. */
  readonly #recent = new Uint32Array(recentEventsMax);
  #recentCount = 0;
  #standingCode = 0;
  readonly #standing = new Uint32Array(standingWords);

  clear(): void {
    this.label = labelCodes.none;
    this.formerLabel = labelCodes.none;
    this.#labelEvent = 0;
    this.linkCount = 0;
    this.#recentCount = 0;
    this.#standingCode = 0;
  }

  /** Whether the account has had this event already; remembers it if not, and the oldest makes room. */
  seen(eventKey: number): boolean {
    for (let index = 0; index < this.#recentCount; index++) if (this.#recent[index] === eventKey) return true;
    if (this.#recentCount === recentEventsMax) {
      this.#recent.copyWithin(0, 1);
      this.#recentCount--;
    }
    this.#recent[this.#recentCount++] = eventKey;
    return false;
  }

  relabel(label: number, eventKey: number): void {
    this.formerLabel = this.label;
    this.label = label;
    this.#labelEvent = eventKey;
  }

  /** Whether this event brought the label. */
  isLabelledBy(eventKey: number): boolean {
    return this.label !== labelCodes.none && this.#labelEvent === eventKey;
  }

  /** Remembers the entities of a signup, which stand in `words` from `at` to `end`. */
  join(words: Uint32Array, at: number, end: number): void {
    this.linkCount = Math.min(linksMax, (end - at) / linkWords);
    for (let word = 0; word < this.linkCount * linkWords; word++) this.links[word] = words[at + word]!;
  }

  /** Takes over the standing whose time and decision id are in `words` from `at` on. */
  settle(words: Uint32Array, at: number, code: number): void {
    this.#standingCode = code;
    for (let word = 0; word < standingWords; word++) this.#standing[word] = words[at + word]!;
  }

  standing(): Standing | undefined {
    return this.#standingCode === 0 ? undefined : readStanding(this.#standing, 0, this.#standingCode);
  }

  save(words: Uint32Array, at: number): number {
    const labels = this.label | (this.formerLabel << 2);
    words[at++] = this.#recentCount | (labels << 4) | (this.#standingCode << 8) | (this.linkCount << 16);
    if (this.label !== labelCodes.none) words[at++] = this.#labelEvent;
    for (let word = 0; word < this.#recentCount; word++) words[at++] = this.#recent[word]!;
    if (this.#standingCode !== 0) {
      words.set(this.#standing, at);
      at += standingWords;
    }
    for (let word = 0; word < this.linkCount * linkWords; word++) words[at++] = this.links[word]!;
    return at;
  }

  load(words: Uint32Array, at: number): number {
    const header = words[at++]!;
    this.#recentCount = Math.min(recentEventsMax, header & 0xf);
    this.label = (header >>> 4) & 0x3;
    this.formerLabel = (header >>> 6) & 0x3;
    this.#standingCode = (header >>> 8) & 0xff;
    this.linkCount = Math.min(linksMax, header >>> 16);
    if (this.label !== labelCodes.none) this.#labelEvent = words[at++]!;
    for (let word = 0; word < this.#recentCount; word++) this.#recent[word] = words[at++]!;
    if (this.#standingCode !== 0) {
      this.settle(words, at, this.#standingCode);
      at += standingWords;
    }
    for (let word = 0; word < this.linkCount * linkWords; word++) this.links[word] = words[at++]!;
    return at;
  }
}

/** Words that `save` writes at most. */
export const memoryWordsMax = 2 + recentEventsMax + standingWords + linksMax * linkWords;
