import { simulate } from '../../../src/simulation/simulate.ts';
import { observe, type Observation } from './observation.ts';

let seen: Observation | undefined;

/** What 10,000 simulated accounts show: made once in a process, for all tests that look at the same people. */
export function tenThousandAccounts(): Observation {
  return (seen ??= observe(simulate({ seed: 1, accounts: 10_000 })));
}
