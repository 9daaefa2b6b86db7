import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appVersionNumber } from '../../../src/features/app-version.ts';

describe('the number of an app version', () => {
  it.each([
    ['11.2.0', 1_100_020_000],
    ['v2.3', 200_030_000],
    ['11', 1_100_000_000],
    ['11.2.0-beta+5', 1_100_020_000],
    ['140.0.7339.208', 14_000_007_339],
    ['2026.11.24', 202_600_110_024],
    ['1.99999.3', 199_990_003],
  ])('of %s is %d', (text, number) => {
    expect(appVersionNumber(text)).toBe(number);
  });

  it.each(['', 'beta', '.1.2', ' 1.2', '-1'])('of %j is not known', (text) => {
    expect(appVersionNumber(text)).toBeNaN();
  });

  it('grows with the version', () => {
    const part = fc.nat(9_999);
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (first, second) => {
        const differing = first.findIndex((value, index) => value !== second[index]);
        const order = differing < 0 ? 0 : Math.sign(first[differing]! - second[differing]!);
        expect(Math.sign(appVersionNumber(first.join('.')) - appVersionNumber(second.join('.')))).toBe(order);
      }),
    );
  });
});
