import { actions } from '../../domain/decision.ts';
import type { Standing } from '../../domain/standing.ts';
import { recentEventsMax } from '../../features/state.ts';
import { grown } from './entity-index.ts';

const decisionIdPrefix = 'dec_';
/** A decision id is the prefix and this many 32-bit words in hexadecimal. */
const decisionIdWords = 4;

/** What is remembered of accounts beside their counters: the standing action, and the last event ids. */
export class AccountMemory {
  /** [slot] place of the action in the order, plus 1; 0 for no standing. */
  #action: Uint8Array;
  #sinceMs: Float64Array;
  #decisionId: Uint32Array;
  /** [slot × recentEventsMax] a ring of event keys, oldest overwritten first. */
  #recent: Uint32Array;
  #recentAt: Uint8Array;

  constructor(capacity: number) {
    this.#action = new Uint8Array(capacity);
    this.#sinceMs = new Float64Array(capacity);
    this.#decisionId = new Uint32Array(capacity * decisionIdWords);
    this.#recent = new Uint32Array(capacity * recentEventsMax);
    this.#recentAt = new Uint8Array(capacity);
  }

  grow(capacity: number): void {
    if (capacity <= this.#action.length) return;
    this.#action = grown(this.#action, capacity);
    this.#sinceMs = grown(this.#sinceMs, capacity);
    this.#decisionId = grown(this.#decisionId, capacity * decisionIdWords);
    this.#recent = grown(this.#recent, capacity * recentEventsMax);
    this.#recentAt = grown(this.#recentAt, capacity);
  }

  clear(slot: number): void {
    this.#action[slot] = 0;
    this.#recent.fill(0, slot * recentEventsMax, (slot + 1) * recentEventsMax);
    this.#recentAt[slot] = 0;
  }

  /** Whether the account has had this event already; remembers it if not. */
  seen(slot: number, eventKey: number): boolean {
    const first = slot * recentEventsMax;
    for (let at = first; at < first + recentEventsMax; at++) if (this.#recent[at] === eventKey) return true;
    this.#recent[first + this.#recentAt[slot]!] = eventKey;
    this.#recentAt[slot] = (this.#recentAt[slot]! + 1) % recentEventsMax;
    return false;
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
