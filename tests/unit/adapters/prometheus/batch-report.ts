import { steps, type BatchReport } from '../../../../src/telemetry.ts';

/** A report of a batch in which nothing happened, with what a test wants to have happened. */
export function batchReport(happened: Partial<BatchReport> = {}): BatchReport {
  return {
    topic: 'account-events',
    partition: 0,
    records: 0,
    eventsByType: {},
    malformedMembers: {},
    unreadableMembers: {},
    misplaced: {},
    decisions: [],
    silent: 0,
    alreadyDelivered: 0,
    deadLetters: {},
    replayed: 0,
    duplicates: 0,
    outside: 0,
    past: 0,
    rules: [],
    expired: {},
    overturned: {},
    labels: [],
    segments: [],
    verdicts: {},
    scores: new Float32Array(0),
    degraded: [],
    scoreHeldBy: null,
    restrained: {},
    stepMs: steps.map(() => 0),
    endToEndMs: new Float64Array(0),
    ...happened,
  };
}
