import { anywhere, pick, type Fault } from './fault.ts';

/** Whoever comes in its place, or takes its partitions over, joins the group and says what it owns. */
export const killProcessor: Fault = {
  name: 'kill-processor',
  what: '`kill -9` of a processor; it is started again later',
  parts: ['processor'],
  lastsMs: [500, 14_000],
  isPossible: anywhere,
  tells: [[{ metric: 'winnow_rebalance_duration_seconds_count' }], [{ log: 'This member owns' }]],
  begin: async (stage, random) => {
    const member = pick(random, stage.members);
    await member.kill();
    await stage.noteDeath();
    return async () => member.start();
  },
};
