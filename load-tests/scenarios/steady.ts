import { noneDegraded, noneTwice, p99AtMost } from '../judge/limits.ts';
import { played } from '../stage/scenario.ts';

export const steady = played({
  name: 'steady',
  question: 'How late are decisions at a rate that is well below what is handled?',
  setup: { store: 'embedded', members: 1, partitions: 4, rate: { ofKnee: 0.3 } },
  limits: [noneTwice, noneDegraded, p99AtMost(10, 250)],
  boundBy: 'the way through Kafka, twice',
});
