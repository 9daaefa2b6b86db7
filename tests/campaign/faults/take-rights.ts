import { say } from '../disturb.ts';
import { grant, revoke, rightsOf } from '../rights.ts';
import { pick, type Fault } from './fault.ts';
import { writePoison } from './poison.ts';

/** Without any, nobody would miss the right to write dead letters. */
const poisonCount = 8;

/** A processor that may not do what it has to ends with code 5, and whoever runs it starts it again until it may. */
export const takeRights: Fault = {
  name: 'take-rights',
  what: 'a right is taken away and given back: to read events, to write decisions or dead letters, to be of the group',
  parts: ['brokers', 'records', 'processor'],
  lastsMs: [3_000, 12_000],
  isPossible: ({ access }) => access === 'limited',
  tells: [[{ log: 'BROKER_AUTHORIZATION' }]],
  exits: [5],
  begin: async (stage, random) => {
    const taken = pick(random, rightsOf(stage.scene));
    await revoke(stage.scene, taken);
    say(`none may use ${taken.resourceName}`);
    await writePoison(stage, poisonCount);
    return () => grant(stage.scene, taken);
  },
};
