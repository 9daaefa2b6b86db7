import assert from 'node:assert/strict';
import type { Archive } from '../archive/archive.ts';
import type { ArchiveItem } from '../archive/item.ts';
import { archivedDecision } from '../archive/read-record.ts';
import { wordOfEvent } from '../archive/read-word.ts';
import { isLabelEvent } from '../domain/event.ts';
import type { EventFacts } from '../features/facts.ts';
import type { Output } from '../ports.ts';

/** Fills an archive with what a replay decides and with what people say in its stream, as topics would have brought it. */
export class ArchiveFeed {
  readonly #archive: Archive;
  #items: ArchiveItem[] = [];
  /** The newest event so far: the clock of a stream of the past. */
  #nowMs = 0;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /** The same output, of which decisions are taken too. */
  tap(output: Output): Output {
    return {
      close: () => output.close(),
      send: async (name, records, signal) => {
        if (name === 'decisions')
          for (const { value } of records) {
            const read = archivedDecision(Buffer.from(value!), null);
            assert(read.ok, 'what is sent is a decision');
            this.#items.push(read.value);
          }
        await output.send(name, records, signal);
      },
    };
  }

  /** Takes what was said in a batch. */
  take(facts: readonly EventFacts[]): void {
    for (const { event } of facts) {
      this.#nowMs = Math.max(this.#nowMs, event.timeMs);
      if (!isLabelEvent(event.type)) continue;
      const word = wordOfEvent(event);
      assert(word.ok, 'a label is what people say');
      this.#items.push({ kind: 'word', origin: null, takenMs: event.timeMs, ...word.value });
    }
  }

  /** Writes what was taken. Throws `FailureError`. */
  async flush(): Promise<void> {
    if (this.#items.length === 0) return;
    await this.#archive.write({ items: this.#items, positions: [], nowMs: this.#nowMs });
    this.#items = [];
  }

  /** At the end of the stream. */
  async end(): Promise<void> {
    await this.flush();
    await this.#archive.sweep(this.#nowMs, true);
  }
}
