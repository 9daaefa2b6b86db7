import { actions } from '../../domain/decision.ts';
import type { Standing } from '../../domain/standing.ts';
import { labelledKinds, recentEventsMax } from '../../features/state.ts';
import { grown } from './entity-index.ts';

const decisionIdPrefix = 'dec_';
/** A decision id is the prefix and this many 32-bit words in hexadecimal. */
const decisionIdWords = 4;

/** 32-bit words of the entity keys that an account remembers from its signup. */
const linkWords = labelledKinds.length * 2;

/** What is remembered of accounts beside their counters: what stands, the last event ids, the label, the signup's entities. */
export class AccountMemory {
  /** [slot] place of the action in the order, plus 1; 0 for no standing. */
  #action: Uint8Array;
  #sinceMs: Float64Array;
  #decisionId: Uint32Array;
  /** [slot × recentEventsMax] a ring of event keys, oldest overwritten first. */
  #recent: Uint32Array;
  #recentAt: Uint8Array;
  /** [slot] what people say of the account, as in `ObservationBatch.labels`. */
  #label: Uint8Array;
  /** [slot × linkWords] keys of the signup's entities, in the order of `labelledKinds`; both halves 0 for none. */
  #links: Uint32Array;

  constructor(capacity: number) {
    this.#action = new Uint8Array(capacity);
    this.#sinceMs = new Float64Array(capacity);
    this.#decisionId = new Uint32Array(capacity * decisionIdWords);
    this.#recent = new Uint32Array(capacity * recentEventsMax);
    this.#recentAt = new Uint8Array(capacity);
    this.#label = new Uint8Array(capacity);
    this.#links = new Uint32Array(capacity * linkWords);
  }

  grow(capacity: number): void {
    if (capacity <= this.#action.length) return;
    this.#action = grown(this.#action, capacity);
    this.#sinceMs = grown(this.#sinceMs, capacity);
    this.#decisionId = grown(this.#decisionId, capacity * decisionIdWords);
    this.#recent = grown(this.#recent, capacity * recentEventsMax);
    this.#recentAt = grown(this.#recentAt, capacity);
    this.#label = grown(this.#label, capacity);
    this.#links = grown(this.#links, capacity * linkWords);
  }

  clear(slot: number): void {
    this.#action[slot] = 0;
    this.#recent.fill(0, slot * recentEventsMax, (slot + 1) * recentEventsMax);
    this.#recentAt[slot] = 0;
    this.#label[slot] = 0;
    this.#links.fill(0, slot * linkWords, (slot + 1) * linkWords);
  }

  /** Whether the account has had this event already; remembers it if not. */
  seen(slot: number, eventKey: number): boolean {
    const first = slot * recentEventsMax;
    for (let at = first; at < first + recentEventsMax; at++) if (this.#recent[at] === eventKey) return true;
    this.#recent[first + this.#recentAt[slot]!] = eventKey;
    this.#recentAt[slot] = (this.#recentAt[slot]! + 1) % recentEventsMax;
    return false;
  }

  /** Remembers the entities of a signup: `keys` is its row of `ObservationBatch.keys`, starting at `row`. */
  join(slot: number, keys: Uint32Array, row: number): void {
    for (let link = 0; link < labelledKinds.length; link++) {
      const at = row + labelledKinds[link]!.kindIndex * 2;
      this.#links[slot * linkWords + link * 2] = keys[at]!;
      this.#links[slot * linkWords + link * 2 + 1] = keys[at + 1]!;
    }
  }

  /** Notes a label; answers the former one. */
  relabel(slot: number, label: number): number {
    const former = this.#label[slot]!;
    this.#label[slot] = label;
    return former;
  }

  /** High half of the key of a signup's entity; the low half with `half` 1. */
  link(slot: number, link: number, half: 0 | 1): number {
    return this.#links[slot * linkWords + link * 2 + half]!;
  }

  standing(slot: number): Standing | undefined {
    const place = this.#action[slot]!;
    if (place === 0) return undefined;
    let decisionId = decisionIdPrefix;
    for (let word = 0; word < decisionIdWords; word++) {
      decisionId += this.#decisionId[slot * decisionIdWords + word]!.toString(16).padStart(8, '0');
    }
    return { action: actions[place - 1]!, decisionId, sinceMs: this.#sinceMs[slot]! };
  }

  settle(slot: number, standing: Standing): void {
    this.#action[slot] = actions.indexOf(standing.action) + 1;
    this.#sinceMs[slot] = standing.sinceMs;
    for (let word = 0; word < decisionIdWords; word++) {
      const start = decisionIdPrefix.length + word * 8;
      this.#decisionId[slot * decisionIdWords + word] = Number.parseInt(
        standing.decisionId.slice(start, start + 8),
        16,
      );
    }
  }
}
