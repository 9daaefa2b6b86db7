import type { PlannedEvent } from './life.ts';

interface Entry {
  readonly event: PlannedEvent;
  /** Order of arrival, which decides between events of the same millisecond. */
  readonly sequence: number;
}

/** A binary heap of planned events, earliest first; of two at the same time the one that was put in first. */
export class EventQueue {
  readonly #entries: Entry[] = [];
  #sequence = 0;

  get size(): number {
    return this.#entries.length;
  }

  peek(): PlannedEvent | undefined {
    return this.#entries[0]?.event;
  }

  push(event: PlannedEvent): void {
    const entry = { event, sequence: this.#sequence };
    this.#sequence += 1;
    let position = this.#entries.push(entry) - 1;
    while (position > 0) {
      const parent = (position - 1) >>> 1;
      const above = this.#entries[parent] as Entry;
      if (!isBefore(entry, above)) break;
      this.#entries[position] = above;
      position = parent;
    }
    this.#entries[position] = entry;
  }

  pop(): PlannedEvent | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.#entries.length > 0) this.#sink(last);
    return first.event;
  }

  #sink(entry: Entry): void {
    const { length } = this.#entries;
    let position = 0;
    for (let child = 1; child < length; child = position * 2 + 1) {
      const right = this.#entries[child + 1];
      const smaller = right !== undefined && isBefore(right, this.#entries[child] as Entry) ? child + 1 : child;
      const below = this.#entries[smaller] as Entry;
      if (isBefore(entry, below)) break;
      this.#entries[position] = below;
      position = smaller;
    }
    this.#entries[position] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.event.timeMs < b.event.timeMs || (a.event.timeMs === b.event.timeMs && a.sequence < b.sequence);
}
