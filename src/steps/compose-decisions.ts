import type {
  Cause,
  Decision,
  KnownAccount,
  Mode,
  ModelRole,
  NormsReference,
  PolicyReference,
  Reason,
} from '../domain/decision.ts';
import { limits } from '../domain/limits.ts';
import type { ListEntry } from '../domain/list-entry.ts';
import type { ListedReference } from '../domain/listed.ts';
import type { OutgoingRecord, RecordBatch } from '../ports.ts';
import { encodeDecision } from '../wire/encode-decision.ts';
import { hopHeader, hopOf } from '../wire/trace-context.ts';
import type { EmittedVerdict } from './decide-batch.ts';
import type { EnrichedBatch } from './enrich-batch.ts';

/** What all decisions of a batch have in common, and what is known beside them. */
export interface BatchVersions {
  readonly policy: PolicyReference;
  /** Null where nothing was taken for usual. */
  readonly normsOf: (role: ModelRole) => NormsReference | null;
  /** When they are made, milliseconds since the epoch; null dates each by its event. */
  readonly nowMs: number | null;
  /** What is known of the account of a row. */
  readonly accountOf: (row: number) => KnownAccount;
}

/** Causes that come as an event of the account, so that history was asked about it. */
const knowsAccount: ReadonlySet<Cause['kind']> = new Set(['event', 'label', 'list', 'group']);

/** Writes verdicts out as decisions, in their order. */
export function composeDecisions(
  emitted: readonly EmittedVerdict[],
  reasons: readonly (readonly Reason[])[],
  scores: Float32Array | null,
  enriched: EnrichedBatch,
  batch: RecordBatch,
  versions: BatchVersions,
  mode: Mode = 'enforce',
): readonly Decision[] {
  const { topic, partition } = batch;
  return emitted.map((one, index) => {
    const { row, id, cause, model, verdict, rules, matched, supersedes, cohort, listed, degraded } = one;
    const { event } = enriched.facts[row]!;
    const { restrained, sample } = verdict;
    const norms = versions.normsOf(model.role);
    return {
      id,
      subject: event.subject,
      timeMs: versions.nowMs ?? event.timeMs,
      action: verdict.action,
      score: scores === null || Number.isNaN(scores[row]) ? null : scores[row]!,
      mode,
      cause,
      reasons: reasons[index]!,
      rules: rules.map((rule) => ({ id: rule.id, version: rule.version })),
      model,
      policy: versions.policy,
      ...(norms === null ? {} : { norms: { version: norms.version, sha256: norms.sha256 } }),
      degraded,
      ...(cause.kind === 'event'
        ? { trigger: { eventId: event.id, type: event.type, topic, partition, offset: enriched.offsets[row]! } }
        : {}),
      ...(knowsAccount.has(cause.kind) ? { account: versions.accountOf(row) } : {}),
      ...(sample === undefined ? {} : { sample }),
      ...(matched.length === 0 ? {} : { matched }),
      ...(supersedes === undefined ? {} : { supersedes }),
      ...(cohort === undefined ? {} : { cohort }),
      ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
      ...(listed === undefined ? {} : { listed: listed.entries.slice(0, limits.listedMax).map(referenceOf) }),
      ...(restrained === undefined ? {} : { due: restrained.asked, restrainedBy: restrained.by }),
    };
  });
}

function referenceOf({ list, kind, type, hash }: ListEntry): ListedReference {
  return { list, kind, type, entry: hash };
}

const decisionHeaders = [{ name: 'content-type', value: 'application/cloudevents+json; charset=UTF-8' }];

/**
 * A decision as a record, keyed by the account as events are: one account's decisions stay in order. Its header names the span that sent the
 * record which it answers, or the one that its event names: Winnow reports no spans of its own, so who reads the decision goes on from there.
 * @param source where the record stood that it answers.
 * @param hop the trace context beside that record, if any.
 */
export function decisionRecord(
  decision: Decision,
  source: NonNullable<OutgoingRecord['source']>,
  hop = decision.traceparent,
): OutgoingRecord {
  return {
    key: decision.subject,
    value: encodeDecision(decision),
    headers: hop === undefined ? decisionHeaders : [...decisionHeaders, hopHeader(hop)],
    source,
  };
}

/** By offset, the trace context that stood beside a record; nearly always there is none. */
export function hopsOf({ records }: RecordBatch): ReadonlyMap<number, string> {
  const hops = new Map<number, string>();
  for (const { offset, headers } of records) {
    const hop = headers.length === 0 ? undefined : hopOf(headers);
    if (hop !== undefined) hops.set(offset, hop);
  }
  return hops;
}
