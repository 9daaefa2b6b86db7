import { noneDegraded, noneTwice, p99AtMost } from '../judge/limits.ts';
import { played } from '../stage/scenario.ts';

export const fourMembers = played({
  name: 'four-members',
  question: 'Four members share one history in Valkey: how late are decisions, and does each event have one?',
  setup: { store: 'valkey', members: 4, partitions: 12, rate: { ofKnee: 0.1 } },
  limits: [noneTwice, noneDegraded, p99AtMost(20, 500)],
  boundBy: 'round trips to the store',
});
