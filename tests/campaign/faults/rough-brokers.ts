import assert from 'node:assert/strict';
import type { Random } from '../../../src/simulation/random.ts';
import type { Condition } from '../../servers/rough-proxy.ts';
import { brokersAreAway } from './brokers-told.ts';
import type { Fault } from './fault.ts';

/** The way to Kafka is bad. */
function roughBrokers(
  name: string,
  what: string,
  condition: (random: Random) => Condition,
  more: Pick<Fault, 'lastsMs' | 'tells' | 'mutes'>,
): Fault {
  return {
    name,
    what,
    parts: ['brokers'],
    ...more,
    isPossible: ({ access }) => access === 'proxy',
    begin: async ({ brokers: { proxy } }, random) => {
      assert(proxy !== null);
      proxy.set(condition(random));
      return async () => proxy.set({ kind: 'open' });
    },
  };
}

const delayMs = 400;
const brief = [3_000, 8_000] as const;
/** Until requests run out of their time. */
const long = [16_000, 24_000] as const;

export const roughBrokersFaults: readonly Fault[] = [
  roughBrokers('slow-brokers', 'everything to and from Kafka comes 400 ms late', () => ({ kind: 'slow', delayMs }), {
    lastsMs: brief,
    tells: [[{ metric: 'winnow_consumer_lag_records' }, { metric: 'winnow_consumer_lag_seconds' }]],
  }),
  roughBrokers('silent-brokers', 'connections to Kafka are half open', () => ({ kind: 'silent' }), {
    lastsMs: long,
    tells: brokersAreAway,
    mutes: true,
  }),
  roughBrokers(
    'cut-brokers',
    'connections to Kafka break before it has what is sent',
    (random) => ({ kind: 'cutting', chance: 0.3, random }),
    { lastsMs: long, tells: brokersAreAway },
  ),
  roughBrokers(
    'deaf-brokers',
    'Kafka does what it is asked, and the connection breaks before its answer',
    (random) => ({ kind: 'deaf', chance: 0.3, random }),
    { lastsMs: long, tells: brokersAreAway },
  ),
];
