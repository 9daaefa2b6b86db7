import { describe, expect, it } from 'vitest';
import { nothingOrdered, type Control } from '../../src/domain/control.ts';
import { governorDefaults } from '../../src/domain/governor.ts';
import { Governor } from '../../src/policy/governor/governor.ts';
import { noReference, type Reference } from '../../src/features/reference.ts';
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

  it('is obeyed by the batch after the order, and no longer by the one after it is taken back', async () => {
    let control: Control = nothingOrdered;
    const world = new World({ policy: bad, emit: 'all', control: () => control, model: { scoreRow: () => 0.01 } });
    const actionsAfter = async (ordered: Control, from: number): Promise<unknown> => {
      control = ordered;
      const before = world.decisions.length;
      await world.takeAll(batchesOf(signups(2, from)));
      return actionsOf(world).slice(before);
    };
    expect(await actionsAfter(nothingOrdered, 0)).toEqual(['block', 'block']);
    expect(await actionsAfter({ killSwitch: order, overrides: [] }, 2)).toEqual(['review', 'review']);
    expect(await actionsAfter(nothingOrdered, 4)).toEqual(['block', 'block']);
  });

  it('is obeyed until the end of the order', async () => {
    const world = await scene({ killSwitch: { ...order, untilMs: nowMs }, overrides: [] }).takeAll(
      batchesOf(signups(1)),
    );
    expect(actionsOf(world)).toEqual(['block']);
  });
});

/** Signups of which each fourth is of another operator, and of another mail provider. */
const mixed = signups(40).map(({ value }, index) => {
  const event = JSON.parse(value!.toString()) as { data: { email: string; context: object } };
  const [ip, host] = index % 4 === 3 ? ['8.8.8.8', 'other.example'] : ['95.56.234.10', 'most.example'];
  const data = { ...event.data, email: `anna@${host}`, context: { ...event.data.context, ip } };
  return recordOf(Buffer.from(JSON.stringify({ ...event, data })), index);
});
const otherAddress = 0x0808_0808;

it.each<[string, string, Partial<Reference>]>([
  [
    'operator-hosting',
    'operator-access',
    { address: ({ low }) => ({ asn: 1, country: undefined, isHosting: low !== otherAddress }) },
  ],
  [
    'mail-disposable',
    'mail-free',
    {
      emailDomain: (domain) => {
        const isFree = domain === 'other.example';
        return { isDisposable: !isFree, isFree, registrable: domain };
      },
    },
  ],
])('a rule is held in %s, where it blocks too many, and goes on in %s', async (most, _others, says) => {
  const governor = new Governor({ ...settings, blocksMax: 1_000, signupShareMax: 0.5 });
  // People from elsewhere, of whom reference data say nothing: so the rule blocks no large part of all.
  governor.saw(startMs);
  for (let index = 0; index < 200; index++) governor.sawSignup(['all']);
  const reference = { ...noReference, ...says };
  const world = new World({ policy: bad, emit: 'all', governor, reference, model: { scoreRow: () => 0.01 } });
  await world.takeAll(batchesOf(mixed));
  const held = world.decisions.map(({ data }) => data.restrained_by?.join() ?? null);
  const isOther = held.map((_, index) => index % 4 === 3);
  expect(new Set(held.filter((_, index) => isOther[index]))).toEqual(new Set([null]));
  expect(new Set(held.filter((_, index) => !isOther[index]).slice(20))).toEqual(
    new Set([`governor:rule:everybody:${most}`]),
  );
});

/** Policies that differ in what the score, or a rule of one version, asks for. */
const document = (block: string, then = 'challenge'): string => `
version: '${block}'
thresholds: { challenge: 0.5, review: 0.8, block: ${block} }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - { id: everybody, version: 1, on: [account.signup], when: event.data.status == "succeeded", then: ${then}, reason: 'Somebody signed up' }
`;

describe('a policy that is new', () => {
  const dayMs = 24 * 3_600_000;
  const careful = {
    ...settings,
    blocksMin: 20,
    blocksMax: 20,
    signupShareMax: 0.1,
    probationMs: dayMs,
    timesUsualMax: 1_000,
    probationShare: 0.2,
  };
  /** Blocks of 30 that a policy asks for, a day and more after another policy blocked one. */
  async function blockedBy(next: string, first: string, score: number): Promise<number> {
    const governor = new Governor(careful);
    const worldOf = (policy: string) =>
      new World({ policy: policyOf(policy), emit: 'all', governor, model: { scoreRow: () => score } });
    await worldOf(first).takeAll(batchesOf(signups(1)));
    const later = await worldOf(next).takeAll(batchesOf(signups(30, 2 * 24 * 60)));
    return count(actionsOf(later), 'block');
  }

  it('has the score on probation where it blocks from another score on', async () => {
    expect(await blockedBy(document('0.95'), document('0.95'), 0.99)).toBe(20);
    expect(await blockedBy(document('0.94'), document('0.95'), 0.99)).toBe(4);
  });

  it('has a rule on probation that asks for more, though neither its version nor its condition is another', async () => {
    expect(await blockedBy(document('0.95', 'block'), document('0.95', 'block'), 0.01)).toBe(20);
    expect(await blockedBy(document('0.95', 'block'), document('0.95'), 0.01)).toBe(4);
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
