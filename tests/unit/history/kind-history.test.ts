import { expect, it } from 'vitest';
import { EntityRecord } from '../../../src/adapters/valkey/entity-record.ts';
import { accountPlan } from '../../../src/adapters/valkey/kind-plan.ts';
import { elementCount, measureCount, spanBit } from '../../../src/features/state.ts';

it.each([NaN, 0, -1, Date.parse('0001-01-01T00:00:00Z'), Infinity])(
  'holds nothing of the time %d: it would empty windows, and be the age of its entity for good',
  (timeMs) => {
    const { history, memory } = new EntityRecord(accountPlan);
    const before = memory.bytes.slice();
    const touch = {
      timeMs,
      bits: spanBit | 1,
      elements: new Uint32Array(elementCount).fill(7),
      elementRow: 0,
      measures: new Float64Array(measureCount).fill(1),
      measureRow: 0,
      isYoung: true,
    };
    expect(() => history.add(memory, 0, touch)).toThrow('bounds');
    expect(memory.bytes).toEqual(before);
  },
);
