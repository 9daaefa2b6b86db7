import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { entityKinds } from '../../../src/features/state.ts';
import { outcomesOf, standingsAfter, type Outcome, type RowDecision } from '../../../src/steps/outcome.ts';
import { batchOf as batchOfRecords, enrichedOf, loginOf } from './events.ts';

const standing: Standing = { action: 'block', decisionId: null, sinceMs: 1, lasts: true };
const keysPerRow = entityKinds.length * 2;

/** Events at offsets from 0 on, each of an account by its number; `erases` where it asks to be forgotten. */
function batchOf(rows: readonly { readonly account: number; readonly erases?: true }[]) {
  const keys = new Uint32Array(rows.length * keysPerRow);
  for (const [row, { account }] of rows.entries())
    keys.fill(account, row * keysPerRow + entityKinds.indexOf('account') * 2, row * keysPerRow + keysPerRow);
  const observations = {
    count: rows.length,
    keys,
    offsets: Float64Array.from(rows.keys()),
    erases: Uint8Array.from(rows, ({ erases }) => Number(erases ?? false)),
  };
  const outcomes = rows.map(({ account, erases }, offset): Outcome => {
    const change = erases === true ? null : { keyHigh: account, keyLow: account, standing };
    return { offset, timestampMs: 0, decision: null, deadLetter: null, change, verdicts: [] };
  });
  return { observations, outcomes };
}

function settled(rows: Parameters<typeof batchOf>[0]): readonly number[] {
  const { observations, outcomes } = batchOf(rows);
  return standingsAfter(outcomes, observations).map(({ keyLow }) => keyLow);
}

/** Whether something acted before the last event, which allows. */
function hasActed(rows: Parameters<typeof batchOf>[0]): readonly (true | undefined)[] {
  const { observations, outcomes } = batchOf(rows);
  const last = outcomes.at(-1)!;
  const allowed: Outcome = { ...last, change: { ...last.change!, standing: { ...standing, action: 'allow' } } };
  return standingsAfter([...outcomes.slice(0, -1), allowed], observations).map((change) => change.hasActed);
}

describe('what a batch leaves standing', () => {
  it('is nothing from before its account asked to be forgotten', () => {
    expect(settled([{ account: 1 }, { account: 2 }, { account: 1, erases: true }])).toEqual([2]);
  });

  it('is what came after that', () => {
    expect(settled([{ account: 1, erases: true }, { account: 1 }])).toEqual([1]);
  });

  it('says what stood meanwhile, but not from before its account asked to be forgotten', () => {
    expect(hasActed([{ account: 1 }])).toEqual([undefined]);
    expect(hasActed([{ account: 1 }, { account: 1 }])).toEqual([true]);
    expect(hasActed([{ account: 1 }, { account: 1, erases: true }, { account: 1 }])).toEqual([undefined]);
  });
});

it('loses no decision that stands out of order: it would hide all behind it', () => {
  const enriched = enrichedOf([loginOf('acc_1'), loginOf('acc_2')]);
  const batch = batchOfRecords([null, null]);
  const [first, second] = [0, 1].map((row) => ({ row, decision: { subject: `acc_${row}` } as Decision }));
  const outcomes = (...decisions: readonly RowDecision[]) =>
    outcomesOf(batch, enriched, decisions, [], [], new Map(), -1).map(({ decision }) => decision?.subject);
  expect(outcomes(first!, second!)).toEqual(['acc_0', 'acc_1']);
  expect(() => outcomes(second!, first!)).toThrow('in their order');
  expect(() => outcomes(first!, first!)).toThrow('in their order');
});
