import { noneDegraded, noneTwice, p99AtMost } from '../judge/limits.ts';
import { played } from '../stage/scenario.ts';

export const manyPartitions = played({
  name: 'many-partitions',
  question: 'What do 64 partitions cost, whose batches are small?',
  setup: { store: 'embedded', members: 1, partitions: 64, rate: { ofKnee: 0.3 } },
  limits: [noneTwice, noneDegraded, p99AtMost(10, 250)],
  boundBy: 'a send and a fetch for each of many small batches',
});
