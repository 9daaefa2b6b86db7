import { expect, it } from 'vitest';
import { expiries } from '../../../../src/adapters/valkey/expiry.ts';
import { kindPlans } from '../../../../src/adapters/valkey/kind-plan.ts';
import { reachMs } from '../../../../src/history/reach.ts';

const dayMs = 86_400_000;

it('an entity outlives its windows, the lateness and a day; what no window bounds stays for the retention once seen again', () => {
  for (const [index, { newDays, heldDays }] of expiries(30).entries()) {
    const { layout, isAccount, hasLabels } = kindPlans[index]!;
    const window = Math.ceil(reachMs(layout) / dayMs + 1);
    expect(newDays).toBe(isAccount ? 30 : window);
    expect(heldDays).toBe(isAccount || hasLabels ? 30 : window);
  }
});

// A failed signup needs no account, and made fifteen keys, six of them for thirty days.
it('what only attempts touched is kept for three days at most, whatever it is', () => {
  for (const { attemptedDays, newDays } of expiries(30)) {
    expect(attemptedDays).toBeLessThanOrEqual(3);
    expect(attemptedDays).toBeLessThanOrEqual(newDays);
  }
});

it('attempts are kept for as long as a window counts them', () => {
  for (const [index, { attemptedDays }] of expiries(30).entries()) {
    const { layout } = kindPlans[index]!;
    const failures = layout.counts.filter(({ name }) => name.endsWith('_failures'));
    for (const { windows } of failures) expect(windows).not.toContain('7d');
    if (failures.length > 0) expect(attemptedDays).toBeGreaterThan(1);
  }
});

it('a short retention shortens no window', () => {
  for (const [index, { newDays, heldDays }] of expiries(1).entries()) {
    expect(newDays).toBeGreaterThan(reachMs(kindPlans[index]!.layout) / dayMs);
    expect(heldDays).toBeGreaterThanOrEqual(newDays);
  }
});
