import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionSchema } from '../../../src/wire/decision-schema.ts';
import { encodeDecision } from '../../../src/wire/encode-decision.ts';
import { decision } from './arbitraries.ts';

describe('encodeDecision', () => {
  it('writes every decision so that the schema reads it back', () => {
    fc.assert(
      fc.property(decision, (made) => {
        const { data, ...envelope } = decisionSchema.strict().parse(JSON.parse(encodeDecision(made)));
        expect(envelope).toEqual({
          specversion: '1.0',
          type: 'account.decision',
          source: 'winnow',
          id: made.id,
          subject: made.subject,
          time: new Date(made.timeMs).toISOString(),
        });
        expect(data).toMatchObject({ action: made.action, mode: made.mode, rules: made.rules, policy: made.policy });
        expect(data.reasons.map(({ code, text, feature }) => [code, text, feature])).toEqual(
          made.reasons.map(({ code, text, feature }) => [code, text, feature]),
        );
        expect(data.score === null).toBe(made.score === null);
        expect(Math.abs((data.score ?? 0) - (made.score ?? 0))).toBeLessThanOrEqual(5e-7);
        expect(data.trigger!.offset).toBe(String(made.trigger!.offset));
        expect(data.degraded ?? []).toEqual(made.degraded);
        expect(data.supersedes).toBe(made.supersedes);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same text for the same decision', () => {
    fc.assert(
      fc.property(decision, decision, (made, other) => {
        const first = encodeDecision(made);
        encodeDecision(other);
        expect(encodeDecision(structuredClone(made))).toBe(first);
      }),
    );
  });
});
