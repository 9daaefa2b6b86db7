import { expect, it } from 'vitest';
import { Observer } from '../../../src/features/observe.ts';
import { observeBatch } from '../../../src/steps/observe-batch.ts';
import { enrichedOf, hasher, loginOf } from './events.ts';

const place = { topic: 'account-events', partition: 0 };

it.each([
  [101, 100],
  [100, 100],
  [100, NaN],
])('hands no store the offsets %d and %d: its watermark would be at the second', (...offsets) => {
  const { facts } = enrichedOf([loginOf('acc_1'), loginOf('acc_2')]);
  expect(() => observeBatch(new Observer(hasher), place, { facts, offsets })).toThrow('highest');
});
