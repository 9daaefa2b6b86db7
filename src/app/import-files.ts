import { contentHash } from '../adapters/file/content-hash.ts';
import { readRecords, refuseWithoutEvents } from '../adapters/file/records.ts';
import { limits } from '../domain/limits.ts';
import { decodeBatch } from '../steps/decode-batch.ts';
import { enrichBatch, type EnrichedBatch } from '../steps/enrich-batch.ts';
import { StreamBounds } from '../steps/stream-bounds.ts';
import { clockBounds, withinBoth } from '../steps/time-bounds.ts';
import {
  BatchImport,
  countLeftOut,
  emptyReport,
  settledOffsetOf,
  type ImportParts,
  type ImportReport,
} from './import-batch.ts';

/** Files that history remembers to have imported, beside live partitions: each has a watermark that stays. */
export const filesMax = 1_000;

export interface ImportOptions extends ImportParts {
  /** NDJSON, plain or gzip, each in the order of time; imported in this order. At most `filesMax`. */
  readonly files: readonly string[];
  /** Milliseconds that an event may be behind the newest before it in its file. */
  readonly disorderMsMax: number;
  /** Events from this time on are left for the topic to bring. Milliseconds since the epoch; Infinity for none. */
  readonly beforeMs: number;
}

/**
 * Fills history from files, and decides nothing: what people said holds, and is told to nobody, for the platform has acted on it.
 *
 * A file stands for a topic of its own, named by what is in it, and a line for an offset: so a second import of the same file, or
 * of one that was interrupted, adds what is missing and nothing twice, and no live topic's offsets move. Each file is a stream by
 * itself: labels may come in one of their own, after the events of the accounts that they speak of.
 *
 * Throws `FailureError`: `INPUT_UNREADABLE`, also when no line of a file is an event, and `STORE_UNAVAILABLE`.
 */
export async function importFiles(options: ImportOptions): Promise<ImportReport> {
  const report = emptyReport();
  for (const file of options.files) await importFile(file, options, report);
  return report;
}

async function importFile(path: string, options: ImportOptions, report: ImportReport): Promise<void> {
  const { clock, reference, history } = options;
  const nowMs = (): number => clock.nowMs();
  const stream = new StreamBounds(options.disorderMsMax);
  // The clock too: what is ahead of it would make all that happens from now on too late.
  const bounds = withinBoth(clockBounds(nowMs, Infinity), stream);
  const into = new BatchImport(options);
  const topic = `import:${await contentHash(path)}`;
  // First: what was said in a file that is imported again has had its effect, and what was said since would not come after it.
  let settledOffset = await settledOffsetOf(options.history.store, topic, 0);
  let [lines, events] = [0, 0];
  for await (const batch of stream.readAhead(readRecords({ path, topic, recordsMax: limits.batchRecordsMax, nowMs }))) {
    const enriched = enrichBatch(decodeBatch(batch, nowMs(), bounds), reference);
    lines += batch.records.length;
    events += enriched.facts.length;
    const due = before(enriched, options.beforeMs);
    report.later += enriched.facts.length - due.facts.length;
    const { offset } = batch.records.at(-1)!;
    if (offset <= settledOffset) {
      countLeftOut(report, due);
      report.addedBefore += due.facts.length;
      continue;
    }
    settledOffset = await history.handle(() => into.add(batch, due, 'event', report));
  }
  if (events === 0) refuseWithoutEvents(path, lines);
}

function before(enriched: EnrichedBatch, beforeMs: number): EnrichedBatch {
  const isDue = enriched.facts.map(({ event }) => event.timeMs < beforeMs);
  return {
    ...enriched,
    facts: enriched.facts.filter((_, row) => isDue[row]),
    offsets: enriched.offsets.filter((_, row) => isDue[row]),
  };
}
