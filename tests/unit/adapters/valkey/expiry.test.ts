import { expect, it } from 'vitest';
import { expiries } from '../../../../src/adapters/valkey/expiry.ts';
import { kindPlans } from '../../../../src/adapters/valkey/kind-plan.ts';
import { allowedLatenessMs } from '../../../../src/features/state.ts';

it('an entity outlives its windows, the lateness and a day; what no window bounds stays for the retention', () => {
  const daySeconds = 86_400;
  for (const [index, seconds] of expiries(30).entries()) {
    const { spanMsMax, isAccount, hasLabels } = kindPlans[index]!;
    const window = (spanMsMax + allowedLatenessMs) / 1_000 + daySeconds;
    expect(seconds).toBe(isAccount || hasLabels ? 30 * daySeconds : window);
  }
});

it('a short retention shortens no window', () => {
  for (const [index, seconds] of expiries(1).entries())
    expect(seconds).toBeGreaterThan(kindPlans[index]!.spanMsMax / 1_000);
});
