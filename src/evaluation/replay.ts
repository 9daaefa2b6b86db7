import { EmbeddedLegalHolds } from '../adapters/embedded/legal-holds.ts';
import { LineWriter } from '../adapters/file/line-writer.ts';
import { readRecords, refuseWithoutEvents } from '../adapters/file/records.ts';
import type { ReferenceOptions } from '../adapters/reference/load.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { nothingOrdered, type Control } from '../domain/control.ts';
import type { Decision } from '../domain/decision.ts';
import { governorDefaults } from '../domain/governor.ts';
import type { EventFacts } from '../features/facts.ts';
import type { Norms } from '../features/norms/norms.ts';
import { GroupFormer } from '../groups/former.ts';
import type { ListMatcher } from '../lists/match.ts';
import { OwnVerdicts } from '../own-verdicts.ts';
import { createPipeline } from '../pipeline.ts';
import { Governor } from '../policy/governor/governor.ts';
import type { Policy } from '../policy/policy.ts';
import type { Clock, Output } from '../ports.ts';
import { DriftWatch, defaultDriftOptions } from '../scoring/drift.ts';
import type { ModelSlot } from '../scoring/model-slot.ts';
import { Panel } from '../scoring/panel.ts';
import { AccountTurns } from '../steps/account-turns.ts';
import type { Emission, Judgement } from '../steps/decide-batch.ts';
import { ErasuresAfterHolds } from '../steps/erasures-after-holds.ts';
import { StreamBounds } from '../steps/stream-bounds.ts';
import { silentTelemetry } from '../telemetry.ts';
import { UnsettledOutcomes } from '../unsettled-outcomes.ts';
import type { ArchiveFeed } from './archive-feed.ts';
import type { EventSource } from './calibrate.ts';
import type { Course } from './course/course.ts';
import { Latencies } from './latencies.ts';
import { offlineGroups, offlineGuard, offlineHasher, offlineReference, offlineStore, offlineTopic } from './offline.ts';
import { Tally, type ReplaySummary, type Truth } from './tally.ts';

/** Records of a batch: where the cost of a call of the model stops falling. */
const recordsMax = 256;

export interface ReplayOptions {
  /** Events as NDJSON, plain or gzip; `-` for standard input. */
  readonly events: string;
  /** The events, where they are not those of the file. */
  readonly source?: EventSource;
  /** Where decisions go, one a line; null for nowhere. */
  readonly out: string | null;
  /** Where bytes go that are no event; null for nowhere (they are counted all the same). */
  readonly deadLetters: string | null;
  readonly model: ModelSlot;
  readonly policy: Policy;
  /** What is usual on the platform; null where that is not known. */
  readonly norms: Norms | null;
  /** The lists that are held against the events; absent for none. */
  readonly lists?: ListMatcher | null;
  /** What people have ordered; absent for nothing. */
  readonly control?: Control;
  /** Follows each account; absent for none. */
  readonly course?: Course;
  /** Takes the decisions of each batch. */
  readonly onDecided?: (decisions: readonly Decision[]) => void;
  /** Takes what is decided and what people say; absent for none. */
  readonly archive?: ArchiveFeed;
  readonly emit: Emission;
  /** As what serves has them: what an address says depends on them. */
  readonly reference?: ReferenceOptions;
  readonly truth: ReadonlyMap<string, Truth>;
  /** Called after each batch. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}

export interface ReplayProgress {
  readonly tally: Tally;
  readonly latencies: Latencies;
  readonly elapsedMs: number;
}

export interface ReplayResult extends ReplaySummary {
  readonly elapsedMs: number;
  readonly eventsPerSecond: number;
  /** Milliseconds from the reading of an event's batch to its fate. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
}

/** Latencies of a replay are below a millisecond: the date with a fraction. */
const replayClock: Clock = { ...systemClock, nowMs: () => performance.timeOrigin + performance.now() };

/**
 * Takes a file through the pipeline that serves, as one partition in one process. The same file gives the same decisions. Throws
 * `FailureError` `INPUT_UNREADABLE` also when no line is an event.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const tally = new Tally(options.truth);
  const latencies = new Latencies();
  const files = fileOutput(options.out, options.deadLetters);
  const output = options.archive?.tap(files) ?? files;
  const { reference, missing } = await offlineReference(options.reference);
  const bounds = new StreamBounds();
  const hasher = offlineHasher();
  const ownVerdicts = new OwnVerdicts();
  const groups = offlineGroups();
  const governor = new Governor(governorDefaults);
  const store = offlineStore();
  const legalHolds = new EmbeddedLegalHolds();
  const order = { turns: new AccountTurns(), unsettled: new UnsettledOutcomes() };
  const due = new ErasuresAfterHolds({ legalHolds, hasher, store, groups, governor, ...order });
  // The clock of a stream of the past: its newest event.
  let newestMs = -Infinity;
  const path = createPipeline({
    hasher,
    reference,
    isReferencePartial: missing.length > 0,
    store: offlineGuard(replayClock, store),
    legalHolds,
    ...order,
    panel: new Panel(options.model),
    norms: () => options.norms,
    drift: new DriftWatch(defaultDriftOptions),
    policy: () => options.policy,
    governor,
    control: () => options.control ?? nothingOrdered,
    lists: () => options.lists ?? null,
    groups: new GroupFormer(
      groups,
      hasher,
      () => options.policy.groups,
      (verdicts, mode) => tally.grouped(verdicts, mode),
    ),
    ownVerdicts,
    output,
    emit: options.emit,
    timeBounds: bounds,
    dating: 'event',
    clock: replayClock,
    telemetry: silentTelemetry,
    ...(options.course === undefined
      ? {}
      : { onJudged: (facts: EventFacts, judgement: Judgement) => options.course!.judged(facts, judgement) }),
    onDecided: (facts, decisions) => {
      newestMs = facts.reduce((newest, { event }) => Math.max(newest, event.timeMs), newestMs);
      tally.decided(facts, decisions);
      options.course?.decided(facts, decisions);
      options.onDecided?.(decisions);
      options.archive?.take(facts);
    },
  });
  const pipeline = ownVerdicts.around(path);
  const startMs = replayClock.monotonicMs();
  const { signal } = new AbortController();
  const elapsed = (): number => replayClock.monotonicMs() - startMs;
  const batches =
    options.source?.read() ??
    readRecords({ path: options.events, topic: offlineTopic, recordsMax, nowMs: () => replayClock.nowMs() });
  for await (const batch of bounds.readAhead(batches)) {
    const report = await pipeline(batch, signal);
    await due.forget(newestMs, () => true, signal);
    await options.archive?.flush();
    tally.reported(report);
    latencies.add(report.endToEndMs);
    options.onProgress?.({ tally, latencies, elapsedMs: elapsed() });
  }
  await output.close();
  await options.archive?.end();
  const [p50, p99, p999] = latencies.percentiles(0.5, 0.99, 0.999);
  const elapsedMs = elapsed();
  const summary = tally.summary();
  if (summary.events === 0) refuseWithoutEvents(options.events, summary.deadLetters);
  return {
    ...summary,
    elapsedMs,
    eventsPerSecond: (summary.events / elapsedMs) * 1000,
    latencyMs: { p50, p99, p999, max: latencies.max },
  };
}

function fileOutput(decisions: string | null, deadLetters: string | null): Output {
  const writers = {
    decisions: decisions === null ? null : new LineWriter(decisions),
    deadLetters: deadLetters === null ? null : new LineWriter(deadLetters),
  };
  return {
    async send(output, records) {
      const writer = output === 'verdicts' ? null : writers[output];
      if (writer === null) return;
      for (const { value } of records) {
        if (typeof value === 'string') await writer.write(value);
        else await writer.writeBytes(value ?? new Uint8Array(0));
      }
    },
    async close() {
      await writers.decisions?.close();
      await writers.deadLetters?.close();
    },
  };
}
