import { actions } from '../../domain/decision.ts';
import type { Standing } from '../../domain/standing.ts';
import { labelledKinds, recentEventsMax } from '../../features/state.ts';
import type { Slab } from './slab.ts';

const decisionIdPrefix = 'dec_';
/** A decision id is the prefix and this many 32-bit words in hexadecimal. */
const decisionIdWords = 4;

/** 32-bit words of the entity keys that an account remembers from its signup. */
const linkWords = labelledKinds.length * 2;

/** What is remembered of accounts beside their counters: what stands, the last event ids, the label, the signup's entities. */
export class AccountMemory {
  readonly #slab: Slab;
  /** Double: since when the action stands, milliseconds since the epoch. */
  readonly #sinceMs: number;
  /** Words. */
  readonly #decisionId: number;
  /** Words: a ring of event keys, oldest overwritten first. */
  readonly #recent: number;
  /** Words: keys of the signup's entities, in the order of `labelledKinds`; both halves 0 for none. */
  readonly #links: number;
  /** Byte: place of the action in the order, plus 1; 0 for no standing. */
  readonly #action: number;
  /** Byte: where the ring is written next. */
  readonly #recentAt: number;
  /** Byte: what people say of the account, as in `ObservationBatch.labels`. */
  readonly #label: number;

  /** @param slab that of accounts. */
  constructor(slab: Slab) {
    this.#slab = slab;
    this.#sinceMs = slab.reserve('standing since', 1, 8);
    this.#decisionId = slab.reserve('standing decision', decisionIdWords, 4);
    this.#recent = slab.reserve('recent events', recentEventsMax, 4);
    this.#links = slab.reserve('links', linkWords, 4);
    this.#action = slab.reserve('standing action', 1, 1);
    this.#recentAt = slab.reserve('recent position', 1, 1);
    this.#label = slab.reserve('label', 1, 1);
  }

  /** Whether the account has had this event already; remembers it if not. */
  seen(slot: number, eventKey: number): boolean {
    const { words, bytes } = this.#slab.chunkOf(slot);
    const start = this.#slab.startOf(slot);
    const first = start + this.#recent;
    for (let at = first; at < first + recentEventsMax; at++) if (words[at] === eventKey) return true;
    const recentAt = bytes[start * 4 + this.#recentAt]!;
    words[first + recentAt] = eventKey;
    bytes[start * 4 + this.#recentAt] = (recentAt + 1) % recentEventsMax;
    return false;
  }

  /** Remembers the entities of a signup: `keys` is its row of `ObservationBatch.keys`, starting at `row`. */
  join(slot: number, keys: Uint32Array, row: number): void {
    const { words } = this.#slab.chunkOf(slot);
    const first = this.#slab.startOf(slot) + this.#links;
    for (let link = 0; link < labelledKinds.length; link++) {
      const at = row + labelledKinds[link]!.kindIndex * 2;
      words[first + link * 2] = keys[at]!;
      words[first + link * 2 + 1] = keys[at + 1]!;
    }
  }

  /** Notes a label; answers the former one. */
  relabel(slot: number, label: number): number {
    const { bytes } = this.#slab.chunkOf(slot);
    const at = this.#slab.startOf(slot) * 4 + this.#label;
    const former = bytes[at]!;
    bytes[at] = label;
    return former;
  }

  /** High half of the key of a signup's entity; the low half with `half` 1. */
  link(slot: number, link: number, half: 0 | 1): number {
    return this.#slab.chunkOf(slot).words[this.#slab.startOf(slot) + this.#links + link * 2 + half]!;
  }

  standing(slot: number): Standing | undefined {
    const { words, bytes, doubles } = this.#slab.chunkOf(slot);
    const start = this.#slab.startOf(slot);
    const place = bytes[start * 4 + this.#action]!;
    if (place === 0) return undefined;
    let decisionId = decisionIdPrefix;
    for (let word = 0; word < decisionIdWords; word++) {
      decisionId += words[start + this.#decisionId + word]!.toString(16).padStart(8, '0');
    }
    return { action: actions[place - 1]!, decisionId, sinceMs: doubles[start / 2 + this.#sinceMs]! };
  }

  settle(slot: number, standing: Standing): void {
    const { words, bytes, doubles } = this.#slab.chunkOf(slot);
    const start = this.#slab.startOf(slot);
    bytes[start * 4 + this.#action] = actions.indexOf(standing.action) + 1;
    doubles[start / 2 + this.#sinceMs] = standing.sinceMs;
    for (let word = 0; word < decisionIdWords; word++) {
      const at = decisionIdPrefix.length + word * 8;
      words[start + this.#decisionId + word] = Number.parseInt(standing.decisionId.slice(at, at + 8), 16);
    }
  }
}
