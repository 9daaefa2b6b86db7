import { expect, it } from 'vitest';
import { BoundedValues } from '../../../../src/adapters/prometheus/bounded-values.ts';

it('keeps the name of so many values, and calls the rest other', () => {
  const values = new BoundedValues(2);
  expect(['KZ', 'DE', 'FR', 'KZ'].map((value) => values.labelOf(value))).toEqual(['KZ', 'DE', 'other', 'KZ']);
  values.clear();
  expect(values.labelOf('FR')).toBe('FR');
});
