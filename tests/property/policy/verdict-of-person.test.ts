import fc from 'fast-check';
import { expect, it } from 'vitest';
import { actions, strengthOf, type Action } from '../../../src/domain/decision.ts';
import { labels, labelSources } from '../../../src/domain/event.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { decide } from '../../../src/policy/decide.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { verdictOfPerson, type Said } from '../../../src/policy/verdict-of-person.ts';
import { documentOf, features } from '../../unit/policy/policies.ts';

/** Sources that are worth different things. */
const mild = loadPolicy(Buffer.from(`${documentOf()}\nfake: { honeypot: challenge, chargeback: review }`), features);
if (!mild.ok) throw new Error('the document is sound');
const policy = mild.value;
const said: fc.Arbitrary<Said> = fc.record({
  label: fc.constantFrom(...labels),
  by: fc.constantFrom(...labelSources),
  timeMs: fc.integer({ min: 1, max: 20 }),
});

/** What stands after labels that come one after the other, and how many changed something. */
function after(labelled: readonly Said[], first?: Standing): { standing: Standing | undefined; changes: number } {
  let standing = first;
  let changes = 0;
  for (const one of labelled) {
    const verdict = verdictOfPerson(one, standing, policy);
    if (verdict === null) continue;
    if (verdict.changed) changes++;
    standing = { action: verdict.action, decisionId: null, sinceMs: verdict.sinceMs, word: verdict.word };
  }
  return { standing, changes };
}

function holdOf({ label, by }: Said): Action {
  return label === 'genuine' ? 'allow' : policy.fakeActions[by];
}

/** The plain model: the label with the latest event time speaks; of two at the same time the milder one. */
function latest(labelled: readonly Said[]): Said | undefined {
  return labelled.toSorted((a, b) => b.timeMs - a.timeMs || strengthOf(holdOf(a)) - strengthOf(holdOf(b)))[0];
}

it('the latest label wins, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 12 }), (labelled) => {
      const { standing } = after(labelled);
      const model = latest(labelled);
      expect(standing?.action).toBe(model && holdOf(model));
      expect(standing?.word?.saidMs).toBe(model?.timeMs);
      const protectedUntilMs = model && (model.label === 'fake' ? 0 : model.timeMs + policy.protectionMs);
      expect(standing?.word?.protectedUntilMs).toBe(protectedUntilMs);
    }),
    { numRuns: 1_000 },
  );
});

it('what a machine brought no label that says fake weakens, in whatever order they come', () => {
  const fakes = fc
    .array(said, { minLength: 1, maxLength: 6 })
    .map((all) => all.filter(({ label }) => label === 'fake'));
  fc.assert(
    fc.property(fakes, (labelled) => {
      const { standing } = after(labelled, { action: 'block', decisionId: null, sinceMs: 0 });
      expect(standing?.action).toBe('block');
    }),
  );
});

it('labels that come again change nothing', () => {
  fc.assert(
    fc.property(fc.array(said, { minLength: 1, maxLength: 12 }), (labelled) => {
      const once = after(labelled);
      expect(after(labelled, once.standing)).toEqual({ standing: once.standing, changes: 0 });
    }),
  );
});

it('no score lets an account fall below what a person holds it at, and none blocks one that is protected', () => {
  const score = fc.double({ min: 0, max: 1, noNaN: true });
  const nowMs = fc.integer({ min: 0, max: 400 * 86_400_000 });
  const action = fc.constantFrom(...actions);
  fc.assert(
    fc.property(fc.array(said, { minLength: 1 }), score, nowMs, action, (labelled, given, ms, machine) => {
      const { word } = after(labelled).standing!;
      const stood = strengthOf(machine) > strengthOf(word!.holds) ? machine : word!.holds;
      const standing: Standing = { action: stood, decisionId: null, sinceMs: 0, word: word! };
      const { action: stands } = decide({ score: given, fired: [], standing, policy, degraded: [], nowMs: ms });
      expect(strengthOf(stands)).toBeGreaterThanOrEqual(strengthOf(word!.holds));
      if (ms < word!.protectedUntilMs && stood !== 'block') expect(stands).not.toBe('block');
    }),
  );
});
