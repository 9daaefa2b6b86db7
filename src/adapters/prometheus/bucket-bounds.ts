import { limits } from '../../domain/limits.ts';

/**
 * Upper bounds of every histogram. prom-client's own begin at 5 ms, where half of our events are long done, and end at 10 s,
 * where a held partition has only begun to wait; so each is chosen here. A percentile read from buckets can be off by the
 * width of one bucket: where a number is judged, neighbours are at most a factor of 1.7 apart.
 */

/**
 * Record timestamp to acknowledged decision, seconds. From 1 ms (the resolution of a Kafka timestamp) to 1 s, where the
 * service is well and percentiles are compared, 3 to 6 bounds a decade; above 1 s only how bad it is matters; 60 s is
 * longer than any hold that has not degraded yet. It has no labels, so its many buckets are few series.
 */
export const endToEndSecondsBounds: readonly number[] = [
  0.001, 0.0015, 0.0025, 0.004, 0.006, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2,
  5, 10, 30, 60,
];

/**
 * One step of one batch, seconds. A small batch decodes in under 100 us, 256 rows of a 300-tree model take about 4 ms, a
 * send waits for the broker; past 1 s a step is being retried. Seven labels, so 1-2.5-5 a decade is fine enough.
 */
export const stepSecondsBounds: readonly number[] = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30,
];

/** A join, seconds: under 1 where all members answer, up to the session timeout where one has died, more where the group does not settle. */
export const rebalanceSecondsBounds: readonly number[] = [0.25, 0.5, 1, 3, 10, 30, 60];

/** Records of a batch: powers of two up to the largest batch there is. */
export const batchRecordsBounds: readonly number[] = Array.from(
  { length: Math.floor(Math.log2(limits.batchRecordsMax)) + 1 },
  (_, power) => 2 ** power,
);

/**
 * Scores: steps of 0.05, which a drift shows in, and 0.01 and 0.99 at the ends, where most accounts and most thresholds of
 * `block` are.
 */
export const scoreBounds: readonly number[] = [
  0.01,
  ...Array.from({ length: 19 }, (_, index) => Number(((index + 1) * 0.05).toFixed(2))),
  0.99,
  1,
];
