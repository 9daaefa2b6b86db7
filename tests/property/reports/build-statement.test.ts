import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildStatement } from '../../../src/reports/statements/build-statement.ts';
import { eeaStates } from '../../../src/domain/eea-states.ts';
import { factsOf } from '../../unit/reports/rows.ts';
import { faultsOf } from '../../unit/reports/statement-schema.ts';

const setText = (lengthMax: number): fc.Arbitrary<string> =>
  fc.oneof(fc.stringMatching(/^\S.{0,40}\S$/u), fc.constant('\u{1F600}'.repeat(lengthMax / 2)));

describe('a statement of reasons', () => {
  it('fits the schema whatever the decision and the settings say', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 1_024 }), fc.constant('\u{1F600}'.repeat(600)));
    const timeMs = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2040, 0) });
    const restriction = {
      decision: `dec_${'5c1b0e6a2f7d4e90'.repeat(2)}`,
      account: 1,
      createdMs: null,
      cause: 'event' as const,
      wasReported: false,
      isOfComplaint: false,
    };
    let made = 0;
    fc.assert(
      fc.property(
        fc.record({
          timeMs,
          measure: fc.constantFrom('account' as const, 'service' as const),
          finding: fc.record({
            isDetectedByMachine: fc.boolean(),
            automation: fc.constantFrom('fully' as const, 'partly' as const, 'none' as const),
            source: fc.constantFrom('own' as const, 'report' as const, 'notice' as const),
          }),
          rules: fc.subarray(['poses-as-staff', 'other']),
        }),
        fc.option(timeMs),
        fc.record({
          publicTexts: fc.array(anyText, { maxLength: 8 }),
          model: fc.string({ maxLength: 513 }),
          policy: fc.string({ maxLength: 256 }),
        }),
        fc.record({
          ground: setText(500),
          groundUrl: fc.constantFrom(undefined, 'https://example.com/terms'),
          explanation: setText(1_000),
          isIllegal: fc.constantFrom(undefined, true, false),
          territories: fc.subarray([...eeaStates], { minLength: 1 }),
        }),
        fc.constantFrom('suspension' as const, 'termination' as const),
        (changes, createdMs, said, statements, blockIs) => {
          const result = buildStatement(
            { ...restriction, ...changes },
            said,
            factsOf({ statements, blockIs }),
            createdMs,
          );
          if (!result.ok) return;
          made++;
          expect(faultsOf(JSON.parse(JSON.stringify(result.statement)))).toEqual([]);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(made).toBeGreaterThan(100);
  });
});
