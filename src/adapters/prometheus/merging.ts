import { textOf, type MetricSamples, type Sample } from './exposition.ts';

/**
 * What becomes of a metric that several workers have, for series with the same labels.
 * - `sum`: what each has of its own.
 * - `max`, `min`: what all see alike, or where the worst of them counts.
 * - `each`: a series for each, with the label `worker`; sums and maxima of those mean nothing, or hide what is asked.
 */
export type Merging = 'sum' | 'max' | 'min' | 'each';

/** Of each gauge, and why. What is not here, such as a gauge of a library, is `each`. */
export const gaugeMergings: Readonly<Record<string, Merging>> = {
  winnow_ready: 'min', // ready when all are, as /readyz says
  winnow_state: 'each',
  winnow_build_info: 'max',
  winnow_model_info: 'max', // of two champions in one moment, both are told
  winnow_norms_info: 'max',
  winnow_policy_info: 'max',
  winnow_holding: 'sum', // partitions, each of which has one owner
  winnow_partition_held: 'max',
  winnow_consumer_lag_records: 'max', // while a partition changes hands both tell of it
  winnow_consumer_lag_seconds: 'max',
  winnow_commit_age_seconds: 'max',
  winnow_group_members: 'max', // all see the same group; who joined last sees it best
  winnow_panel_share: 'max',
  winnow_list_entries: 'max', // each has all of them
  winnow_lists_away: 'max',
  winnow_orders_away: 'max',
  winnow_drift: 'max',
  winnow_drift_far_share: 'max',
  winnow_norms_gathered_events: 'sum',
  winnow_norms_gathered_seconds: 'min',
  winnow_norms_offered: 'max',
  winnow_score_held: 'max',
  winnow_governor_tripped: 'max', // members with one history count together
  winnow_kill_switch: 'max',
  winnow_store_entities: 'max', // history is shared where there are several
  winnow_history_bytes: 'sum',
  winnow_history_bytes_max: 'sum',
  winnow_history_kind_bytes: 'sum',
  winnow_history_standings_kept: 'sum',
  winnow_history_next_eviction_age_seconds: 'min',
  winnow_snapshot_timestamp_seconds: 'min', // the oldest of them
  winnow_snapshot_bytes: 'sum',
  winnow_snapshot_duration_seconds: 'max',
  winnow_event_loop_delay_p99_seconds: 'each', // one that stalls is to be found
  winnow_event_loop_delay_max_seconds: 'each',
  winnow_workers: 'sum', // the supervisor's alone
  winnow_workers_running: 'sum',
};

/** Counters that begin anew while their process goes on: in a sum that would look like a restart of all. */
const begunAnew: ReadonlySet<string> = new Set([
  'winnow_rule_fired_total',
  'winnow_rule_unanswered_total',
  'winnow_history_evictions_total',
]);

export function mergingOf({ name, type }: Pick<MetricSamples, 'name' | 'type'>): Merging {
  if (begunAnew.has(name) || /^(process|nodejs)_/.test(name)) return 'each';
  return type === 'gauge' ? (gaugeMergings[name] ?? 'each') : 'sum';
}

const merge: Readonly<Record<Merging, (one: number, other: number) => number>> = {
  sum: (one, other) => one + other,
  max: Math.max,
  min: Math.min,
  each: (_one, other) => other, // no two have the same labels
};

/**
 * The metrics of several workers as those of one. Sums never shrink: what an ended process had counted when it was last asked stays
 * in them, or Prometheus would take the sum of those that are left for a count that began at 0.
 */
export class MergedMetrics {
  readonly #last = new Map<number, readonly MetricSamples[]>();
  #departed: readonly MetricSamples[] = [];

  /** What a worker says now. */
  take(worker: number, samples: readonly MetricSamples[]): void {
    this.#last.set(worker, samples);
  }

  /** The process of a worker has ended. */
  ended(worker: number): void {
    const counted = (this.#last.get(worker) ?? []).filter(
      (metric) => metric.type !== 'gauge' && mergingOf(metric) === 'sum',
    );
    this.#last.delete(worker);
    this.#departed = merged([this.#departed, counted]);
  }

  /** All metrics in the text format. @param own of the supervisor itself */
  text(own: readonly MetricSamples[]): string {
    const said = [...this.#last].map(([worker, samples]) => labelled(samples, String(worker)));
    return textOf(merged([...said, this.#departed, labelled(own, 'supervisor')]));
  }
}

function labelled(metrics: readonly MetricSamples[], worker: string): readonly MetricSamples[] {
  return metrics.map((metric) => {
    if (mergingOf(metric) !== 'each') return metric;
    return { ...metric, values: metric.values.map((sample) => ({ ...sample, labels: { ...sample.labels, worker } })) };
  });
}

function merged(lists: readonly (readonly MetricSamples[])[]): readonly MetricSamples[] {
  return Array.from(Map.groupBy(lists.flat(), ({ name }) => name).values(), (same) => {
    const [first] = same;
    const combine = merge[mergingOf(first!)];
    const values = new Map<string, Sample>();
    for (const sample of same.flatMap((metric) => metric.values)) {
      const key = keyOf(sample);
      const other = values.get(key);
      values.set(key, other === undefined ? sample : { ...sample, value: combine(other.value, sample.value) });
    }
    return { ...first!, values: [...values.values()] };
  });
}

function keyOf({ metricName = '', labels }: Sample): string {
  return JSON.stringify([metricName, ...Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1))]);
}
