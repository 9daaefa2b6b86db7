import type { Action, Decision, Degradation } from '../domain/decision.ts';
import { labels, labelSources, type EventType, type MalformedMember, type UnreadableMember } from '../domain/event.ts';
import type { FailureCode } from '../domain/failure.ts';
import type { GroupAction, GroupVerdict } from '../domain/group-verdict.ts';
import { limits } from '../domain/limits.ts';
import { everywhere } from '../policy/governor/block-cause.ts';
import { observationFates, type ObservationFate, type RecordBatch } from '../ports.ts';
import type { BatchReport, Misplacement } from '../telemetry.ts';
import type { EnrichedBatch } from './enrich-batch.ts';
import { isTold, type Outcome } from './outcome.ts';
import { segmentsOf } from './segments-of.ts';

export interface ReportInput {
  readonly batch: RecordBatch;
  readonly enriched: EnrichedBatch;
  /** What was sent of the batch, silences among it. */
  readonly due: readonly Outcome[];
  /** Null when the store did not answer. */
  readonly fates: Uint8Array | null;
  readonly rules: BatchReport['rules'];
  readonly expired: BatchReport['expired'];
  readonly overturned: BatchReport['overturned'];
  readonly scores: Float32Array | null;
  readonly degraded: readonly Degradation[];
  /** Why the score alone may not block; null where it may. */
  readonly scoreHeldBy: BatchReport['scoreHeldBy'];
  readonly stepMs: readonly number[];
  /** When the batch was done, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Counts what a batch came to. */
export function reportBatch(input: ReportInput): BatchReport {
  const { batch, enriched, due, fates, nowMs } = input;
  const told = due.filter(isTold);
  const decisions = told.flatMap(({ decision }) => decision ?? []);
  const deadLetters = told.flatMap(({ deadLetter }) => deadLetter ?? []);
  return {
    topic: batch.topic,
    partition: batch.partition,
    records: batch.records.length,
    eventsByType: count<EventType, EnrichedBatch['facts'][number]>(enriched.facts, ({ event }) => event.type),
    malformedMembers: countEach<MalformedMember>(listsOf(enriched.facts, ({ event }) => event.malformed)),
    unreadableMembers: countEach<UnreadableMember>(listsOf(enriched.facts, ({ unreadable }) => unreadable)),
    misplaced: count<Misplacement, Misplacement>(enriched.misplaced, (misplacement) => misplacement),
    decisions: Object.entries(count<Action, Decision>(decisions, ({ action }) => action)).map(([action, number]) => ({
      mode: 'enforce',
      action: action as Action,
      count: number,
    })),
    silent: due.length - decisions.length - deadLetters.length,
    alreadyDelivered: batch.records.length - due.length,
    deadLetters: count<FailureCode, (typeof deadLetters)[number]>(deadLetters, ({ code }) => code),
    replayed: countFate(fates, 'replayed'),
    duplicates: countFate(fates, 'duplicate'),
    outside: countFate(fates, 'outside'),
    past: enriched.pastOffsets.size,
    verdicts: count<GroupAction, GroupVerdict>(
      told.flatMap(({ verdicts }) => verdicts),
      ({ action }) => action,
    ),
    rules: input.rules,
    expired: input.expired,
    overturned: input.overturned,
    labels: labelCounts(enriched.facts),
    segments: segmentCounts(enriched, told),
    scores: input.scores?.filter((score) => !Number.isNaN(score)) ?? new Float32Array(0),
    degraded: input.degraded,
    scoreHeldBy: input.scoreHeldBy,
    restrained: countEach<string>(decisions.map(({ restrainedBy = [] }) => restrainedBy.map(restraintName))),
    stepMs: input.stepMs,
    endToEndMs: latenciesMs(batch, nowMs),
  };
}

/** Labels by who gave them and what they say. */
function labelCounts(facts: EnrichedBatch['facts']): BatchReport['labels'] {
  const given = facts
    .map(({ event }) => event)
    .filter((event) => event.type === 'account.labelled')
    .map(({ data }) => data);
  if (given.length === 0) return [];
  return labelSources.flatMap((by) =>
    labels.flatMap((label) => {
      const number = given.filter((one) => one.by === by && one.label === label).length;
      return number === 0 ? [] : { by, label, count: number };
    }),
  );
}

/** Events and blocks by the segments that an event is in; the whole platform, which is counted elsewhere, is none of them. */
function segmentCounts({ facts, offsets }: EnrichedBatch, told: readonly Outcome[]): BatchReport['segments'] {
  const blockedOffsets = new Set(told.flatMap((one) => (one.decision?.action === 'block' ? one.offset : [])));
  // Events of the same segments share the list of them.
  const byList = new Map<readonly string[], { events: number; blocks: number }>();
  for (let row = 0; row < facts.length; row++) {
    const blocks = blockedOffsets.size > 0 && blockedOffsets.has(offsets[row]!) ? 1 : 0;
    const segments = segmentsOf(facts[row]!);
    const counted = byList.get(segments);
    if (counted === undefined) byList.set(segments, { events: 1, blocks });
    else {
      counted.events += 1;
      counted.blocks += blocks;
    }
  }
  const counts = new Map<string, { segment: string; events: number; blocks: number }>();
  for (const [segments, { events, blocks }] of byList)
    for (const segment of segments) {
      if (segment === everywhere) continue;
      const counted = counts.get(segment) ?? { segment, events: 0, blocks: 0 };
      counts.set(segment, counted);
      counted.events += events;
      counted.blocks += blocks;
    }
  return [...counts.values()];
}

/** By index: to make the array of an iterator costs more than all else that is counted here. */
function latenciesMs({ records }: RecordBatch, nowMs: number): Float64Array {
  const latencies = new Float64Array(records.length);
  for (let index = 0; index < records.length; index++) latencies[index] = latencyMs(records[index]!.timestampMs, nowMs);
  return latencies;
}

/** NaN where the record's timestamp says nothing: a producer that sets none writes 0 or -1, which would be a wait since 1970. */
function latencyMs(timestampMs: number, nowMs: number): number {
  const waitedMs = nowMs - timestampMs;
  return timestampMs > 0 && waitedMs <= limits.durationMsMax ? waitedMs : NaN;
}

function count<K extends string, T>(items: readonly T[], keyOf: (item: T) => K): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const item of items) {
    const key = keyOf(item);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** What restrained, without what it names in particular: a label of bounded values. */
function restraintName(by: string): string {
  return by.split(':', 1)[0]!;
}

/** The lists that have something: nearly every one is empty. */
function listsOf<T, K>(items: readonly T[], listOf: (item: T) => readonly K[]): readonly (readonly K[])[] {
  return items.filter((item) => listOf(item).length > 0).map(listOf);
}

function countEach<K extends string>(lists: readonly (readonly K[])[]): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const list of lists) for (const key of list) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

function countFate(fates: Uint8Array | null, fate: ObservationFate): number {
  const index = observationFates.indexOf(fate);
  let total = 0;
  for (const one of fates ?? []) if (one === index) total++;
  return total;
}
