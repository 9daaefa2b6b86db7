import { EmbeddedLegalHolds } from '../adapters/embedded/legal-holds.ts';
import { readRecords, refuseWithoutEvents } from '../adapters/file/records.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { createPipeline } from '../pipeline.ts';
import type { Policy } from '../policy/policy.ts';
import { DriftWatch, defaultDriftOptions } from '../scoring/drift.ts';
import { Panel } from '../scoring/panel.ts';
import { StreamBounds } from '../steps/stream-bounds.ts';
import { silentTelemetry } from '../telemetry.ts';
import { naySayer } from './nay-sayer.ts';
import { offlineGuard, offlineHasher, offlineReference, offlineTopic } from './offline.ts';

/** On how many accounts of a stream each rule fires, shadow rules too. */
export interface RuleHits {
  readonly accounts: number;
  /** In document order. */
  readonly rules: readonly { readonly id: string; readonly accounts: number }[];
}

/**
 * Takes a file of events through the path with a model that says no to everybody: rules fire or not, whatever a score says. Throws
 * `FailureError` `INPUT_UNREADABLE`, also when no line is an event: a policy that nothing was tried on has not passed.
 */
export async function ruleHits(events: string, policy: Policy): Promise<RuleHits> {
  const accounts = new Set<string>();
  const hits = new Map<string, Set<string>>(policy.rules.map(({ id }) => [id, new Set()]));
  const { reference, missing } = await offlineReference();
  const bounds = new StreamBounds();
  const pipeline = createPipeline({
    hasher: offlineHasher(),
    reference,
    isReferencePartial: missing.length > 0,
    store: offlineGuard(systemClock),
    legalHolds: new EmbeddedLegalHolds(),
    panel: new Panel(naySayer()),
    norms: () => null,
    drift: new DriftWatch(defaultDriftOptions),
    policy: () => policy,
    output: { send: () => Promise.resolve(), close: () => Promise.resolve() },
    emit: 'all',
    timeBounds: bounds,
    dating: 'event',
    clock: systemClock,
    telemetry: silentTelemetry,
    onDecided: (_facts, decisions) => {
      for (const { subject, rules, matched = [] } of decisions) {
        accounts.add(subject);
        for (const { id } of [...rules, ...matched]) hits.get(id)?.add(subject);
      }
    },
  });
  const batches = readRecords({ path: events, topic: offlineTopic, recordsMax: 256, nowMs: () => systemClock.nowMs() });
  const { signal } = new AbortController();
  let lines = 0;
  for await (const batch of bounds.readAhead(batches)) {
    lines += batch.records.length;
    await pipeline(batch, signal);
  }
  if (accounts.size === 0) refuseWithoutEvents(events, lines);
  return { accounts: accounts.size, rules: Array.from(hits, ([id, hit]) => ({ id, accounts: hit.size })) };
}
