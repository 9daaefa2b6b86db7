import { expect, it } from 'vitest';
import type { EventFacts } from '../../../src/features/facts.ts';
import { operatorFeatures } from '../../../src/features/groups/operator.ts';
import { snapshotColumn } from '../../../src/features/state.ts';

const { extract } = operatorFeatures.find(({ name }) => name === 'asn_surge_1h')!;

/** The surge of an operator, from how many signups it and all had in the last hour and in the week. */
function surgeOf([asnNow, asnUsual]: readonly [number, number], [allNow, allUsual]: readonly [number, number]): number {
  const values = new Float64Array(4_096);
  values[snapshotColumn('asn', 'signups', '1h')] = asnNow;
  values[snapshotColumn('asn', 'signups', '7d')] = asnUsual;
  values[snapshotColumn('platform', 'operator_signups', '1h')] = allNow;
  values[snapshotColumn('platform', 'operator_signups', '7d')] = allUsual;
  return extract({} as EventFacts, values, 0);
}

it('the surge of an operator is its share of an hour over that of a week', () => {
  expect(surgeOf([5, 10], [10, 100])).toBe(5);
});

it('the surge of an operator is missing, and not infinite, where a late event finds its signups and no longer those of all', () => {
  expect(surgeOf([1, 2], [0, 100])).toBeNaN();
  expect(surgeOf([1, 2], [0, 0])).toBeNaN();
  expect(surgeOf([0, 0], [10, 100])).toBeNaN();
});
