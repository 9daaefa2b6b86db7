import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntityState, headerWords } from '../../../../src/adapters/valkey/entity-state.ts';
import { kindPlans, type KindPlan } from '../../../../src/adapters/valkey/kind-plan.ts';
import { rejudgeCode, writeForget, writeRejudge, writeStandingRecord } from '../../../../src/adapters/valkey/record.ts';
import { writeTouch } from '../../../../src/adapters/valkey/touch-record.ts';
import { elementCount, entityKinds, measureCount, snapshotColumnCount } from '../../../../src/features/state.ts';
import { judgementOf } from '../../../../src/history/judgement.ts';
import { observationsOf, startMs } from '../../../contract/feature-store-contract.ts';

const minuteMs = 60_000;
const shared = kindPlans.filter(({ kind }) => ['account', 'device', 'avatar', 'cohort', 'platform'].includes(kind));

/** A value as Winnow writes it: a state made of some touches, and a log of others behind it. */
function valueOf(plan: KindPlan, touches: number, inState: number): Uint32Array {
  const words = new Uint32Array(100_000);
  words.set([1, headerWords]);
  let length: number = headerWords;
  const state = new EntityState(plan);
  for (let touch = 0; touch < touches; touch++) {
    const timeMs = startMs + touch * 7 * minuteMs;
    const batch = observationsOf([{ offset: touch, timeMs, id: touch + 1, account: 1, joins: touch === 0 }]);
    batch.adds.fill(0xffff);
    batch.elements.set(Uint32Array.from({ length: elementCount }, () => 1 + touch * 7_919));
    batch.measures.set(new Float64Array(measureCount).fill(touch / 3));
    length = writeTouch(words, length, plan, batch, 0, 0);
    if (touch === inState) {
      state.load(words, 0, length);
      state.readLog();
      length = state.save(words, 0, 7);
    }
  }
  const found = judgementOf(1, startMs);
  length = writeRejudge(words, length, rejudgeCode(0, found));
  length = writeForget(words, length, found, 1);
  if (plan.isAccount)
    length = writeStandingRecord(words, length, {
      action: 'review',
      decisionId: `dec_${'0'.repeat(31)}1`,
      sinceMs: startMs,
    });
  return words.slice(0, length);
}

const values = fc
  .tuple(fc.constantFrom(...shared), fc.integer({ min: 1, max: 80 }), fc.integer({ min: -1, max: 80 }))
  .map(([plan, touches, inState]) => ({ plan, words: valueOf(plan, touches, inState) }));

const word = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 0xff, 0xffff, 0x8000_0000, 0xffff_ffff, 0x7ff0_0000, 0x7ff8_0000, 0xfff0_0000),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
/** What can happen to bytes; places are shares of their length. */
const damage = fc.oneof(
  fc.record({
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    words: fc.array(word, { minLength: 1, maxLength: 6 }),
  }),
  fc.record({ cutAt: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ whole: fc.array(word, { minLength: 2, maxLength: 60 }) }),
  fc.record({ behind: fc.array(word, { minLength: 1, maxLength: 6 }) }),
);

function damaged(words: Uint32Array, how: typeof damage extends fc.Arbitrary<infer How> ? How : never): Uint32Array {
  if ('whole' in how) return Uint32Array.from(how.whole);
  if ('cutAt' in how) return words.slice(0, Math.max(2, Math.floor(how.cutAt * words.length)));
  if ('behind' in how) return Uint32Array.from([...words, ...how.behind]);
  const result = words.slice();
  const at = Math.floor(how.at * words.length);
  result.set(how.words.slice(0, words.length - at), at);
  return result;
}

/** Everything that is asked of an entity, brought up to date. */
function read(state: EntityState): Float64Array {
  state.readLog();
  const row = new Float64Array(snapshotColumnCount).fill(NaN);
  state.read(startMs, state.idleMs(startMs), row, 0);
  state.readLabels(startMs, state.judgement, row, 0);
  const standing = state.standing();
  if (standing !== undefined)
    expect(standing).toMatchObject({ action: expect.any(String), sinceMs: expect.any(Number) });
  if (state.plan.isAccount) state.eachLink((kind) => expect(entityKinds[kind]).toBeDefined());
  return row;
}

describe('a value of an entity', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(values, ({ plan, words }) => {
        expect(new EntityState(plan).load(words, 0, words.length)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is either refused or as good as one of an entity, whatever was done to its bytes', () => {
    let refused = 0;
    fc.assert(
      fc.property(values, fc.array(damage, { minLength: 1, maxLength: 3 }), ({ plan, words }, hows) => {
        const state = new EntityState(plan);
        const bytes = hows.reduce(damaged, words);
        const isWhole = state.load(bytes, 0, bytes.length);
        if (!isWhole) refused++;
        for (const column of read(state)) expect(column).not.toBe(Infinity);
        if (!isWhole) expect(state.idleMs(startMs)).toBeNaN();
        // What it is written as is read again.
        const saved = new Uint32Array(state.wordsMax);
        const end = state.save(saved, 0, 9);
        if (end > headerWords) expect(new EntityState(plan).load(saved, 0, end)).toBe(true);
        expect(state.wordsErased(bytes, 0, bytes.length)).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1_500 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});
