import { describe, expect, it } from 'vitest';
import { machineCpuMsOf } from '../../../../load-tests/stage/watch.ts';

describe('the CPU time of a machine', () => {
  it('is all that it did, without idling and waiting', () => {
    const stat = 'cpu  100 10 50 9000 700 5 15 20 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n';
    expect(machineCpuMsOf(stat)).toBe((100 + 10 + 50 + 5 + 15 + 20) * 10);
  });

  it('is unknown of another text', () => {
    expect(machineCpuMsOf('intr 5')).toBeNull();
  });
});
