import { describe, expect, it } from 'vitest';
import { catalogue, featureColumn } from '../../src/features/catalogue.ts';
import { featureCount } from '../../src/features/extract.ts';
import type { IncomingRecord } from '../../src/ports.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import { batchesOf, defaultPolicy, recordOf, servedModel, World } from './world.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 8, 1);
/** So that nothing but the score asks for an action. */
const policy = { ...defaultPolicy, rules: [], rulesByType: { ...defaultPolicy.rulesByType, 'account.login': [] } };

const age = featureColumn('account_age_h')!;

/** A login of one account, so many days after the first. */
function login(day: number): IncomingRecord {
  const event = { ...exampleEvents['account.login'], id: `day ${day}`, time: new Date(startMs + day * dayMs) };
  return recordOf(Buffer.from(JSON.stringify(event)), day);
}

it('what a missing history holds back is sent with what was asked for and what held it, and no longer once it is back', async () => {
  const world = new World({ emit: 'all', policy, model: { scoreRow: () => 0.999 } });
  world.isStoreUp = false;
  await world.takeAll(batchesOf([login(0)]));
  world.isStoreUp = true;
  await world.takeAll(batchesOf([login(1)]));

  const [held, free] = world.decisions.map(({ data }) => data);
  expect(held).toMatchObject({ action: 'review', due: 'block', restrained_by: ['degraded'], degraded: ['store'] });
  expect(free).toMatchObject({ action: 'block' });
  expect(free).not.toHaveProperty('due');
  expect(free).not.toHaveProperty('restrained_by');
});

it('an established account is held to a review where one group of features alone would block it, and that is what stands', async () => {
  const scoreRow = (row: Float32Array): number => (row[age]! > 1 ? 0.999 : 0.001);
  const explainRow = (): number[] => Array.from({ length: featureCount }, (_, column) => (column === age ? 9 : 0));
  const world = new World({ emit: 'all', policy, model: { scoreRow, explainRow } });
  await world.takeAll(batchesOf([login(0), login(60)], [1]));

  expect(world.decisions.map(({ data }) => [data.action, data.due, data.restrained_by])).toEqual([
    ['allow', undefined, undefined],
    ['review', 'block', [`one-group:${catalogue[age]!.group}`]],
  ]);
  expect(world.settled.map(({ standing }) => standing.action)).toEqual(['review']);
});

describe('a score that rests on what the account does', () => {
  const does = featureColumn('account_events_1h')!;
  const has = featureColumn('device_accounts_7d')!;

  it('asks for a review by a model that knows no platform, and blocks by one that does', async () => {
    const alone = new Map([[does, 9]]);
    expect(await decided(false, alone)).toEqual(['review', ['one-group:activity']]);
    expect(await decided(true, alone)).toEqual(['block', undefined]);
  });

  it('blocks where something else speaks against the account too', async () => {
    const both = new Map([
      [does, 6],
      [has, 3],
    ]);
    expect(await decided(false, both)).toEqual(['block', undefined]);
  });

  it('asks for a review by a model that knows no platform, also of an account of years where little is a reason to challenge', async () => {
    expect(await decided(false, new Map([[does, 7.2]]), { ofYears: true, challenge: 0.3 })).toEqual([
      'review',
      ['one-group:activity'],
    ]);
  });

  it('asks for a review by a model that knows no platform where it does not say what the score rests on', async () => {
    expect(await decided(false, null)).toEqual(['review', ['one-group:unexplained']]);
    expect(await decided(true, null)).toEqual(['block', undefined]);
  });
});

it('numbers near each other hold no block of an account that has no neighbour', async () => {
  const number = featureColumn('phone_prefix_signups_24h')!;
  for (const knowsHabits of [false, true])
    expect(await decided(knowsHabits, new Map([[number, 9]]))).toEqual(['block', undefined]);
});

/**
 * What becomes of an account's event, its first unless it is of years.
 * @param contributions to the log-odds, by column; null where the explanation fails.
 */
async function decided(
  knowsHabits: boolean,
  contributions: ReadonlyMap<number, number> | null,
  { ofYears = false, challenge = policy.thresholds.challenge } = {},
) {
  const explainRow = (): number[] => {
    if (contributions === null) throw new Error('no explanation today');
    return Array.from({ length: featureCount }, (_, column) => contributions.get(column) ?? 0);
  };
  const scoreRow = (row: Float32Array): number => (ofYears && !(row[age]! > 1) ? 0.001 : 0.999);
  const world = new World({ emit: 'all', policy: { ...policy, thresholds: { ...policy.thresholds, challenge } } });
  await world.slot.replace(servedModel('2', { scoreRow, explainRow }, undefined, undefined, knowsHabits).served);
  await world.takeAll(ofYears ? batchesOf([login(0), login(60)], [1]) : batchesOf([login(0)]));
  const data = world.decisions.map((decision) => decision.data).at(-1);
  return [data?.action, data?.restrained_by];
}
