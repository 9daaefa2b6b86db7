import { sessionTimeoutMs } from '../member-settings.ts';
import { anywhere, pick, type Fault } from './fault.ts';

/** It is given up by its group meanwhile, does not know it, and goes on where it was. */
export const freezeProcessor: Fault = {
  name: 'freeze-processor',
  what: '`SIGSTOP` of a processor for longer than its session',
  parts: ['processor'],
  lastsMs: [sessionTimeoutMs + 2_000, sessionTimeoutMs + 6_000],
  isPossible: anywhere,
  tells: [[{ metric: 'winnow_rebalance_duration_seconds_count' }], [{ log: 'This member owns' }]],
  begin: async ({ members }, random) => {
    const { processor } = pick(random, members);
    processor.signal('SIGSTOP');
    return async () => processor.signal('SIGCONT');
  },
};
