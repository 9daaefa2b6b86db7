import { describe, expect, it } from 'vitest';
import * as bounds from '../../../../src/adapters/prometheus/bucket-bounds.ts';
import { limits } from '../../../../src/domain/limits.ts';

describe('bucket bounds', () => {
  it.each(Object.entries(bounds))('%s ascend without a repetition', (_name, values) => {
    expect(values).toEqual([...new Set(values)].toSorted((first, second) => first - second));
  });

  it('reach from 1 ms to 60 s for end-to-end latency', () => {
    expect(bounds.endToEndSecondsBounds.at(0)).toBe(0.001);
    expect(bounds.endToEndSecondsBounds.at(-1)).toBe(60);
  });

  it('are at most a factor of 1.7 apart where latency is judged', () => {
    const judged = bounds.endToEndSecondsBounds.filter((bound) => bound <= 1);
    const factors = judged.slice(1).map((bound, index) => bound / judged[index]!);
    expect(Math.max(...factors)).toBeLessThanOrEqual(1.7);
  });

  it('end at the largest batch there is', () => {
    expect(bounds.batchRecordsBounds.at(-1)).toBe(limits.batchRecordsMax);
  });

  it('cover every score', () => {
    expect(bounds.scoreBounds.at(-1)).toBe(1);
  });
});
