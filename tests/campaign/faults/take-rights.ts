import { grant, revoke, rightsOf } from '../rights.ts';
import { pick, type Fault } from './fault.ts';

/** A processor that may not do what it has to ends with code 5, and whoever runs it starts it again until it may. */
export const takeRights: Fault = {
  name: 'take-rights',
  what: 'a right is taken away and given back: to read events, to write decisions, to be of the group',
  parts: ['brokers'],
  lastsMs: [3_000, 12_000],
  isPossible: ({ access }) => access === 'limited',
  tells: [[{ log: 'BROKER_AUTHORIZATION' }]],
  exits: [5],
  begin: async ({ scene }, random) => {
    const taken = pick(random, rightsOf(scene));
    await revoke(scene, taken);
    return () => grant(scene, taken);
  },
};
