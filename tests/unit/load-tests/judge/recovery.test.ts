import { describe, expect, it } from 'vitest';
import { recoveryMs } from '../../../../load-tests/judge/recovery.ts';

/** A look each half second from 10 s on. */
const ages = (...values: readonly number[]) => values.map((value, index) => ({ atMs: 10_000 + index * 500, value }));

describe('how long a recovery took', () => {
  it('is until lag went down, not until it had stayed down', () => {
    expect(recoveryMs(ages(9_000, 4_000, 1_500, 20, 10, 30, 20, 10, 10), 10_000, 1_000)).toBe(1_500);
  });

  it('is nothing where lag never rose', () => {
    expect(recoveryMs(ages(10, 20, 10, 20, 10, 20), 10_000, 1_000)).toBe(0);
    expect(recoveryMs(ages(10, 20, 10, 20, 10, 20, 10), 10_200, 1_000)).toBe(0);
  });

  it('begins anew where lag comes back before two seconds are over', () => {
    expect(recoveryMs(ages(9_000, 10, 10, 5_000, 10, 10, 10, 10, 10), 10_000, 1_000)).toBe(2_000);
  });

  it('is unknown where lag stays, comes back, or was not seen for long enough', () => {
    expect(recoveryMs(ages(9_000, 9_500, 10_000, 10_500, 11_000, 11_500), 10_000, 1_000)).toBeNull();
    expect(recoveryMs(ages(9_000, 10, 10, 10, 2_000, 10, 10), 10_000, 1_000)).toBeNull();
    expect(recoveryMs(ages(9_000, 10, 10, 10), 10_000, 1_000)).toBeNull();
    expect(recoveryMs([], 10_000, 1_000)).toBeNull();
  });

  it('looks at nothing before the end of the disturbance', () => {
    expect(recoveryMs(ages(10, 10, 10, 10, 10, 10, 9_000, 9_000), 13_000, 1_000)).toBeNull();
  });
});
