import type { Sign } from '../watch.ts';

/** What cannot be read, sent or committed is held, or not committed; and who is long away joins anew. */
export const brokersAreAway: readonly (readonly Sign[])[] = [
  [
    { metric: 'winnow_holds_total', labels: { step: 'consume' } },
    { metric: 'winnow_holds_total', labels: { step: 'send' } },
    { metric: 'winnow_commit_failures_total' },
    { metric: 'winnow_rebalance_duration_seconds_count' },
  ],
];
