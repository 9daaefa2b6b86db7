import { describe, expect, it } from 'vitest';
import { nothingOrdered, type Control } from '../../src/domain/control.ts';
import { governorDefaults } from '../../src/domain/governor.ts';
import { Governor } from '../../src/policy/governor/governor.ts';
import type { IncomingRecord } from '../../src/ports.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import { batchesOf, policyOf, recordOf, World, nowMs } from './world.ts';

const startMs = Date.UTC(2026, 8, 1);
const bad = policyOf(`
version: '1'
thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - id: everybody
    version: 1
    on: [account.signup]
    when: event.data.status == "succeeded"
    then: block
    reason: 'Somebody signed up'
`);
const settings = { ...governorDefaults, blocksMin: 10, blocksMax: 20, signupShareMax: 0.4, probationMs: 0 };
const order = { author: 'ana', reason: 'a campaign, looked at', untilMs: nowMs + 1 };

/** Signups of so many accounts, a minute apart. */
function signups(count: number, from = 0): IncomingRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const at = from + index;
    const time = new Date(startMs + at * 60_000);
    return recordOf(
      Buffer.from(JSON.stringify({ ...exampleEvents['account.signup'], id: `s${at}`, subject: `acc_${at}`, time })),
      at,
    );
  });
}

function scene(control: Control = nothingOrdered, score = 0.01) {
  const governor = new Governor(settings);
  return new World({ policy: bad, emit: 'all', governor, control: () => control, model: { scoreRow: () => score } });
}

const actionsOf = (world: World) => world.decisions.map(({ data }) => data.action);
const count = (actions: readonly string[], action: string) => actions.filter((one) => one === action).length;

describe('a rule that blocks everybody', () => {
  it('is held after as many as it may, and its decisions say what was asked for and what held it', async () => {
    const world = await scene().takeAll(batchesOf(signups(25)));
    expect(count(actionsOf(world), 'block')).toBe(10);
    expect(world.decisions[10]!.data).toMatchObject({
      action: 'review',
      due: 'block',
      restrained_by: ['governor:rule:everybody:all'],
      rules: [{ id: 'everybody', version: 1 }],
    });
  });

  it('is held in the middle of a batch as well as between two', async () => {
    const inOne = await scene().takeAll(batchesOf(signups(25), [25]));
    const inMany = await scene().takeAll(batchesOf(signups(25), [1]));
    expect(inOne.decisionTexts).toEqual(inMany.decisionTexts);
  });

  it('does not hold the score, which is another cause', async () => {
    const world = await scene(nothingOrdered, 0.99).takeAll(batchesOf(signups(15)));
    expect(world.decisions[10]!.data).toMatchObject({
      action: 'review',
      restrained_by: ['governor:model:fake:all', 'governor:rule:everybody:all'],
    });
  });

  it('does not lift what stands, and an account that stands blocked is not counted again', async () => {
    const world = scene();
    await world.takeAll(batchesOf(signups(9)));
    const again = signups(9).map(({ value }, index) =>
      recordOf(Buffer.from(value!.toString().replace(/"s(\d+)"/, '"again$1"')), 9 + index),
    );
    await world.takeAll(batchesOf(again));
    expect(count(actionsOf(world), 'block')).toBe(18);
    await world.takeAll(batchesOf(signups(1, 18)));
    expect(world.decisions.at(-1)!.data.action).toBe('block');
  });
});

describe('a person', () => {
  it('lets a campaign be blocked that is larger than the caps', async () => {
    const release = { ...order, cause: 'rule:everybody', segment: 'all', effect: 'release' } as const;
    const world = await scene({ killSwitch: null, overrides: [release] }).takeAll(batchesOf(signups(60)));
    expect(count(actionsOf(world), 'block')).toBe(60);
  });

  it('stops everything that blocks by itself, at once, while all of it is still told', async () => {
    const world = await scene({ killSwitch: order, overrides: [] }, 0.99).takeAll(batchesOf(signups(5)));
    expect(actionsOf(world)).toEqual(Array(5).fill('review'));
    expect(world.decisions[0]!.data).toMatchObject({ due: 'block', restrained_by: ['kill-switch'], score: 0.99 });
  });

  it('is obeyed until the end of the order', async () => {
    const world = await scene({ killSwitch: { ...order, untilMs: nowMs }, overrides: [] }).takeAll(
      batchesOf(signups(1)),
    );
    expect(actionsOf(world)).toEqual(['block']);
  });
});

it('blocks that people overturn hold their cause', async () => {
  const governor = new Governor({ ...settings, blocksMin: 1_000, blocksMax: 1_000, overturnedMin: 3 });
  const world = new World({ policy: bad, emit: 'all', governor, model: { scoreRow: () => 0.01 } });
  await world.takeAll(batchesOf(signups(20)));
  const appeals = [0, 1, 2].map((index) => {
    const event = { ...exampleEvents['account.labelled'], id: `l${index}`, subject: `acc_${index}` };
    const labelled = { ...event, time: new Date(startMs + 3_600_000), data: { label: 'genuine', by: 'appeal' } };
    return recordOf(Buffer.from(JSON.stringify(labelled)), 20 + index);
  });
  await world.takeAll(batchesOf(appeals));
  await world.takeAll(batchesOf(signups(1, 61)));
  expect(world.decisions.at(-1)!.data).toMatchObject({ restrained_by: ['governor:rule:everybody:all'] });
});
