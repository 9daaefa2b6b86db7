import { expect } from 'vitest';

/** Holds one whole state against another; of many differences it shows a few. */
export function expectSameState(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): void {
  const differing = [...new Set([...actual.keys(), ...expected.keys()])].filter(
    (key) => actual.get(key) !== expected.get(key),
  );
  const shown = differing.slice(0, 3).map((key) => ({ actual: actual.get(key), expected: expected.get(key) }));
  expect({ differing: differing.length, shown }).toEqual({ differing: 0, shown: [] });
}
