import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { catalogue } from '../../../src/features/catalogue.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { modelReasons } from '../../../src/scoring/reasons.ts';
import { columnOf, matrixOf } from './rows.ts';

function contributionsOf(values: Readonly<Record<string, number>>): Float32Array {
  return matrixOf(values).map((value) => (Number.isNaN(value) ? 0 : value));
}

function reasonsOf(
  contributions: Readonly<Record<string, number>>,
  features: Readonly<Record<string, number>>,
  share = 1,
) {
  return modelReasons(contributionsOf(contributions), 0, matrixOf(features), 0, share);
}

describe('modelReasons', () => {
  it('are the features that speak for "fake", strongest first, with their share', () => {
    const features = { form_ms: 900, ip_signups_1h: 12, device_accounts_24h: 27 };
    expect(reasonsOf({ form_ms: 1, device_accounts_24h: 3, ip_signups_1h: -2 }, features)).toEqual([
      {
        code: 'DEVICE_ACCOUNTS_24H',
        text: '27 accounts were created from this device in 24 hours',
        publicText: 'Several sign-ups came from the same device.',
        feature: 'device_accounts_24h',
        value: 27,
        contribution: 0.75,
      },
      {
        code: 'FORM_MS',
        text: 'The form was completed in less than a second',
        publicText: 'The sign-up was done in a way that is unusual for a person.',
        feature: 'form_ms',
        value: 900,
        contribution: 0.25,
      },
    ]);
  });

  it('share what the score has in the decision', () => {
    const reasons = reasonsOf({ form_ms: 1, device_accounts_24h: 3 }, { form_ms: 1, device_accounts_24h: 2 }, 0.5);
    expect(reasons.map(({ contribution }) => contribution)).toEqual([0.375, 0.125]);
  });

  it('leave out what is missing, although it takes its share', () => {
    const reasons = reasonsOf({ form_ms: 1, device_accounts_24h: 3 }, { form_ms: 900 });
    expect(reasons.map(({ feature, contribution }) => [feature, contribution])).toEqual([['form_ms', 0.25]]);
  });

  it('leave out what has no sentence, although it takes its share', () => {
    expect(catalogue[columnOf('event_type')]!.reason).toBeNull();
    const reasons = reasonsOf({ form_ms: 1, event_type: 3 }, { form_ms: 900, event_type: 0 });
    expect(reasons.map(({ feature, contribution }) => [feature, contribution])).toEqual([['form_ms', 0.25]]);
  });

  it('keep the catalogue’s order among equals', () => {
    const equal = { text_uses_1h: 1, form_ms: 1, device_accounts_24h: 1 };
    const values = { text_uses_1h: 4, form_ms: 4, device_accounts_24h: 4 };
    expect(reasonsOf(equal, values).map(({ feature }) => feature)).toEqual([
      'form_ms',
      'device_accounts_24h',
      'text_uses_1h',
    ]);
  });

  it('leave out what is lost in the crowd, but never all', () => {
    const crowd = Object.fromEntries(catalogue.filter(({ reason }) => reason !== null).map(({ name }) => [name, 1]));
    const known = { ...Object.fromEntries(Object.keys(crowd).map((name) => [name, 1])), text_uses_1h: 2 };
    expect(reasonsOf({ ...crowd, form_ms: 2 }, known).map(({ feature }) => feature)).toEqual(['form_ms']);
    const [loud, quiet] = [Object.keys(crowd).length, Object.keys(crowd).length / 9];
    expect(reasonsOf({ ...crowd, form_ms: loud, text_uses_1h: quiet }, known).map(({ feature }) => feature)).toEqual([
      'form_ms',
      'text_uses_1h',
    ]);
  });

  it('leave out what argues in the account’s favour, whatever the model makes of it', () => {
    const reasons = reasonsOf(
      { form_ms: 1, username_likelihood: 3, account_gap_variation: 2 },
      { form_ms: 900, username_likelihood: -3, account_gap_variation: 3.85 },
    );
    expect(reasons.map(({ feature }) => feature)).toEqual(['form_ms']);
  });

  it('say so where no sign speaks by itself', () => {
    const reasons = reasonsOf(
      { account_age_h: 1, username_likelihood: 3 },
      { account_age_h: 9_000, username_likelihood: -3 },
    );
    expect(reasons).toMatchObject([
      { code: 'SCORE', contribution: 1, text: expect.stringContaining('together') as string },
    ]);
    expect(reasons[0]).not.toHaveProperty('feature');
  });

  it('say so too where nothing speaks for "fake", and the score asks all the same', () => {
    for (const contributions of [{ form_ms: -1 }, {}])
      expect(reasonsOf(contributions, { form_ms: 1 })).toMatchObject([{ code: 'SCORE', contribution: 1 }]);
  });

  it('leave out a figure of the event alone', () => {
    const contributions = { network_surge_1h: 2, form_ms: 1 };
    const told = (network_signups_1h: number) =>
      reasonsOf(contributions, { network_surge_1h: 168, form_ms: 900, network_signups_1h }).map(
        ({ feature }) => feature,
      );
    expect(told(1)).toEqual(['form_ms']);
    expect(told(12)).toEqual(['network_surge_1h', 'form_ms']);
  });

  it('read the rows that they are told', () => {
    const contributions = Float32Array.from([...contributionsOf({}), ...contributionsOf({ form_ms: 2 })]);
    const features = matrixOf({}, {}, { form_ms: 1234.5 });
    const reasons = modelReasons(contributions, featureCount, features, 2 * featureCount, 1);
    expect(reasons).toMatchObject([{ feature: 'form_ms', value: 1234.5, text: 'The form was completed in 1 second' }]);
  });

  it('are bounded, ordered, of known features with a sentence, and share no more than there is', () => {
    const value = fc.oneof(fc.constant(NaN), fc.constant(0), fc.float({ noNaN: true, min: -8, max: 8 }));
    const row = fc
      .array(value, { minLength: featureCount, maxLength: featureCount })
      .map((drawn) => Float32Array.from(drawn));
    fc.assert(
      fc.property(row, row, fc.double({ min: 0.01, max: 1, noNaN: true }), (contributions, features, share) => {
        const reasons = modelReasons(contributions, 0, features, 0, share);
        expect(reasons.length).toBeLessThanOrEqual(limits.reasonsMax);
        const shares = reasons.map(({ contribution }) => contribution);
        expect(shares).toEqual(shares.toSorted((first, second) => second - first));
        expect(shares.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(share * (1 + 1e-9));
        for (const { feature, text, contribution } of reasons) {
          if (feature === undefined) {
            expect(text).toContain('No single sign stands out');
            continue;
          }
          const column = columnOf(feature);
          expect(contribution).toBeGreaterThan(0);
          expect(contributions[column]).toBeGreaterThan(0);
          expect(features[column]).not.toBeNaN();
          expect(catalogue[column]!.reason).not.toBeNull();
          expect(text).not.toContain('{');
        }
      }),
      { numRuns: 50 },
    );
  });
});
