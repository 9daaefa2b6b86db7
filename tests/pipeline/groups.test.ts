import { describe, expect, it } from 'vitest';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { nothingOrdered, type Control } from '../../src/domain/control.ts';
import { FailureError } from '../../src/domain/failure.ts';
import { governorDefaults } from '../../src/domain/governor.ts';
import { OwnVerdicts } from '../../src/own-verdicts.ts';
import { hashOfTerms, type GroupTerms } from '../../src/domain/group-terms.ts';
import { Governor } from '../../src/policy/governor/governor.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { IncomingRecord, OutgoingRecord, RecordBatch } from '../../src/ports.ts';
import { decisionSchema } from '../../src/wire/decision-schema.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import { HandmadeFinder } from './handmade-finder.ts';
import { acting, nowMs, policyOf, recordOf, World, type WorldOptions } from './world.ts';

/** What the group of an account came to: how it reaches each member, what is decided, and what undoes it. */

const startMs = Date.UTC(2026, 9, 20);
const verdictsTopic = 'account-verdicts';

/** Of an account: what it is by default, but for what is said; a minute after the one before. */
function eventOf(type: keyof typeof exampleEvents, account: string, minute: number, data: object = {}): Buffer {
  const example = exampleEvents[type];
  const time = new Date(startMs + minute * 60_000).toISOString();
  return Buffer.from(
    JSON.stringify({
      ...example,
      id: `${account} ${minute}`,
      subject: account,
      time,
      data: { ...example.data, ...data },
    }),
  );
}

function signup(account: string, minute: number, device = 'ring'): Buffer {
  return eventOf('account.signup', account, minute, { context: { device_id: device } });
}

function login(account: string, minute: number): Buffer {
  return eventOf('account.login', account, minute, { context: {} });
}

function batch(values: readonly Buffer[], from = 0, partition = 0, topic = 'account-events'): RecordBatch {
  return { topic, partition, records: values.map((value, index) => recordOf(value, from + index)) };
}

/** A world in which no score asks for anything, so that only groups do. */
function worldOf(options: WorldOptions = {}): World {
  return new World({ model: { scoreRow: () => 0.01 }, groups: new HandmadeFinder(), emit: acting, ...options });
}

const ring = ['a', 'b', 'c'] as const;
const ringSignups = ring.map((account, minute) => signup(account, minute));

/** What stands at the end, as decisions tell it. */
function standing(world: World): Record<string, string> {
  return Object.fromEntries(world.decisions.map(({ subject, data }) => [subject, data.action]));
}

function incoming({ key, value }: OutgoingRecord, offset: number): IncomingRecord {
  return { ...recordOf(Buffer.from(value as string), offset), key: Buffer.from(key as string) };
}

/** What a world does while a ring signs up, by a batch that finds nothing and one that finds it. */
async function orderOf(world: World): Promise<readonly string[]> {
  const told: string[] = [];
  world.beforeSend = (output, records) => void told.push(`sends ${records.length} ${output}`);
  for (const [at, some] of [batch(ringSignups.slice(0, 2)), batch(ringSignups.slice(2), 2)].entries())
    await world.take(some, undefined, () => told.push(`decided ${at}`));
  return told;
}

describe('the verdict of a group, where no topic is named', () => {
  it('reaches all of it, those of before as well, with a decision of its own for each', async () => {
    const world = await worldOf().takeAll([batch(ringSignups.slice(0, 2)), batch(ringSignups.slice(2), 2)]);
    expect(world.sent.verdicts).toEqual([]);
    expect(standing(world)).toEqual({ a: 'block', b: 'block', c: 'block' });
    for (const decision of world.decisions) expect(() => decisionSchema.parse(decision)).not.toThrow();
    const cohorts = new Set(world.decisions.map(({ data }) => data.cohort));
    expect(cohorts.size).toBe(1);
    const [cohort] = cohorts;
    expect(world.decisions[0]!.data).toMatchObject({
      score: null,
      cause: { kind: 'group', cohort, verdict: expect.stringMatching(/^ver_[0-9a-f]{32}$/) as string },
      rules: [],
      reasons: [
        {
          code: 'GROUP_DEVICE',
          text: '3 of the 3 accounts of its group, this one among them, were used on the same device',
          public_text: 'Several sign-ups came from the same device.',
          contribution: 1,
        },
      ],
    });
    expect(world.decisions[0]!.data.trigger).toBeUndefined();
  });

  it('is decided in order with what else comes for its account, though that is another partition', async () => {
    const world = worldOf({ emit: 'all' });
    await world.takeAll([batch(ringSignups.slice(0, 2))]);
    // The batch of the account that is behind decides it while the group's verdict is found.
    await Promise.all([world.take(batch(ringSignups.slice(2), 0, 1)), world.take(batch([login('a', 5)], 2))]);
    await world.take(batch([login('a', 6)], 3));
    const ofA = world.decisions.filter(({ subject }) => subject === 'a').map(({ data }) => data);
    expect(ofA.at(-1)).toMatchObject({ action: 'block', cause: { kind: 'event' } });
    expect(ofA.filter(({ cause }) => cause.kind === 'group')).toHaveLength(1);
  });

  it('lets through whom chance has drawn, and tells with which probability, also where challenges are not sent', async () => {
    const policy = policyOf(`
version: '1'
thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
samples: { hold_out: [{ from: 0, probability: 0.02 }, { from: 0.99, probability: 0.1 }] }
rules: []
`);
    const crowd = Array.from({ length: 60 }, (_, minute) => signup(`m${minute}`, minute));
    const decidedBy = async (emit: WorldOptions['emit'] & {}) =>
      (await worldOf({ policy, emit }).takeAll([batch(crowd)])).decisions;
    const told = await decidedBy(acting);
    const heldOut = told.filter(({ data }) => data.sample !== undefined);
    expect(heldOut.length).toBeGreaterThan(0);
    expect(told.filter(({ data }) => data.action === 'block')).toHaveLength(60 - heldOut.length);
    for (const decision of heldOut) {
      expect(() => decisionSchema.parse(decision)).not.toThrow();
      expect(decision.data).toMatchObject({
        action: 'challenge',
        due: 'block',
        restrained_by: ['hold-out'],
        cause: { kind: 'group' },
        sample: { kind: 'hold-out', probability: 0.1 },
      });
    }
    const blocksAlone = await decidedBy(new Set(['block']));
    const subjectsOf = (all: typeof told) => all.flatMap(({ subject, data }) => (data.sample ? [subject] : []));
    expect(subjectsOf(blocksAlone)).toEqual(subjectsOf(told));
  });

  // Its batch was said to be decided before its verdicts were: another partition was decided in between, though it had been to come later.
  it('is decided before its batch is said to be; where a topic takes it, that is whoever reads it', async () => {
    expect(await orderOf(worldOf())).toEqual(['decided 0', 'sends 3 decisions']);
    expect(await orderOf(worldOf({ verdictsTopic }))).toEqual(['decided 0', 'decided 1', 'sends 3 verdicts']);
  });

  it('changes nothing when it comes again', async () => {
    const world = await worldOf().takeAll([batch(ringSignups)]);
    const before = world.decisionTexts.length;
    await world.takeAll([batch([signup('d', 9), login('b', 10)], 3)]);
    expect(world.decisions.slice(before).map(({ subject }) => subject)).toEqual(['d']);
  });

  it('is sent before the batch is done, and waits where it cannot be: the next batch begins with it', async () => {
    const world = worldOf();
    let isAway = true;
    world.beforeSend = (_output, records) => {
      if (isAway && records.length === ring.length) throw new FailureError({ code: 'SEND_FAILED', message: 'away.' });
    };
    await expect(world.takeAll([batch(ringSignups)])).rejects.toThrow(FailureError);
    expect(world.decisions).toEqual([]);
    isAway = false;
    // It comes again, since nothing was committed.
    await world.takeAll([batch(ringSignups)]);
    expect(standing(world)).toEqual({ a: 'block', b: 'block', c: 'block' });
    expect(world.decisions).toHaveLength(3);
  });
});

describe('the verdict of a group, by a topic', () => {
  it('is a record for each member, keyed by it, and decided by whoever reads that', async () => {
    const history = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
    const finding = await worldOf({ history, verdictsTopic }).takeAll([batch(ringSignups)]);
    expect(finding.decisions).toEqual([]);
    expect(finding.sent.verdicts.map(({ key }) => key)).toEqual(['a', 'b', 'c']);

    const owner = worldOf({ history, verdictsTopic });
    const records = finding.sent.verdicts.map(incoming);
    await owner.take({ topic: verdictsTopic, partition: 0, records });
    expect(standing(owner)).toEqual({ a: 'block', b: 'block', c: 'block' });
  });

  it('is the same in the process and by a topic: id for id, but for the model and the time', async () => {
    const inProcess = await worldOf().takeAll([batch(ringSignups)]);
    const history = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
    const byTopic = await worldOf({ history, verdictsTopic }).takeAll([batch(ringSignups)]);
    await byTopic.take({ topic: verdictsTopic, partition: 0, records: byTopic.sent.verdicts.map(incoming) });
    expect(byTopic.decisionTexts).toEqual(inProcess.decisionTexts);
  });

  it('is sent before its batch is settled, and comes again with it', async () => {
    const world = worldOf({ verdictsTopic });
    let isAway = true;
    world.beforeSend = (output) => {
      if (isAway && output === 'verdicts') throw new FailureError({ code: 'SEND_FAILED', message: 'away.' });
    };
    await expect(world.takeAll([batch(ringSignups)])).rejects.toThrow(FailureError);
    expect(world.settled).toEqual([]);
    isAway = false;
    await world.takeAll([batch(ringSignups)]);
    expect(world.sent.verdicts.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  });

  it('is found again by whoever takes over from a process that died before it was sent', async () => {
    const history = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
    const groups = new HandmadeFinder();
    const dying = worldOf({ history, groups, verdictsTopic });
    dying.beforeSend = () => Promise.reject(new Error('it is gone'));
    await expect(dying.takeAll([batch(ringSignups)])).rejects.toThrow('it is gone');
    const heir = await worldOf({ history, groups, verdictsTopic }).takeAll([batch(ringSignups)]);
    expect(new Set(heir.sent.verdicts.map(({ key }) => key))).toEqual(new Set(ring));
  });

  it('that is sent twice is taken once', async () => {
    const world = await worldOf({ verdictsTopic, emit: 'all' }).takeAll([batch(ringSignups)]);
    const once = world.sent.verdicts;
    const records = [...once, ...once].map(incoming);
    await world.take({ topic: verdictsTopic, partition: 0, records });
    const ofGroup = world.decisions.filter(({ data }) => data.cause.kind === 'group');
    expect(ofGroup.map(({ subject }) => subject)).toEqual([...ring]);
  });

  it('is no event: who may write events cannot have an account blocked for its group', async () => {
    const world = await worldOf({ verdictsTopic }).takeAll([batch(ringSignups)]);
    const [forged] = world.sent.verdicts.map(({ value }) => Buffer.from(value as string));
    await world.takeAll([batch([forged!], 3)]);
    expect(world.decisions).toEqual([]);
    expect(world.sent.deadLetters).toHaveLength(1);
  });
});

describe('a group of which a person found one genuine', () => {
  const lift = eventOf('account.labelled', 'b', 20, { label: 'genuine', by: 'appeal' });

  it('is taken back as a whole, with what it supersedes', async () => {
    const world = await worldOf().takeAll([batch(ringSignups)]);
    const blocks = new Map(world.decisions.map(({ subject, id }) => [subject, id]));
    await world.takeAll([batch([lift], 3)]);
    expect(standing(world)).toEqual({ a: 'allow', b: 'allow', c: 'allow' });
    const ofA = world.decisions.findLast(({ subject }) => subject === 'a')!;
    expect(ofA.data).toMatchObject({
      cause: { kind: 'group' },
      supersedes: blocks.get('a'),
      reasons: [{ code: 'GROUP_TAKEN_BACK' }],
    });
    // It does not form again.
    await world.takeAll([batch([signup('d', 30), signup('e', 31), login('a', 32)], 4)]);
    expect(standing(world)).toEqual({ a: 'allow', b: 'allow', c: 'allow' });
  });

  it('leaves what stands for reasons of its own', async () => {
    const world = worldOf({ model: { scoreRow: (row) => (row.some((value) => value === 99) ? 0.99 : 0.01) } });
    const itself = eventOf('account.signup', 'z', 0, { form_ms: 99, context: { device_id: 'ring' } });
    await world.takeAll([batch([itself, ...ringSignups]), batch([lift], 4)]);
    expect(standing(world)).toMatchObject({ a: 'allow', z: 'block' });
  });
});

const finderOf = (terms: GroupTerms) => new HandmadeFinder(3, hashOfTerms(terms));
const withGroups = (groups: string) =>
  policyOf(`
version: '1'
thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
groups: { ${groups} }
rules: []
`);

describe('a group is restrained', () => {
  const settings = { ...governorDefaults, blocksMin: 4, blocksMax: 4, probationMs: 0 };
  const many = Array.from({ length: 12 }, (_, index) => signup(`m${index}`, index));

  it('by the governor, kind by kind: those beyond its cap are reviews, and say why', async () => {
    const world = await worldOf({ governor: new Governor(settings) }).takeAll([batch(many)]);
    const actions = world.decisions.map(({ data }) => data.action);
    expect(actions.filter((action) => action === 'block')).toHaveLength(4);
    expect(world.decisions.at(-1)!.data).toMatchObject({
      action: 'review',
      due: 'block',
      restrained_by: ['governor:group:device:all'],
    });
  });

  it('by the governor as what is new, where others are taken for a group, whatever policy is in force when that is decided', async () => {
    const dayMs = 86_400_000;
    const careful = {
      ...settings,
      blocksMin: 20,
      blocksMax: 20,
      probationMs: dayMs,
      timesUsualMax: 1_000,
      probationShare: 0.2,
    };
    const known = withGroups('mode: enforce').groups;
    const blockedBy = async (policy: Policy, foundBy: GroupTerms): Promise<number> => {
      const governor = new Governor(careful);
      await worldOf({ governor, groups: finderOf(known) }).takeAll([batch(ringSignups.slice(0, 3))]);
      const later = many.map((_, index) => signup(`n${index}`, 2 * 24 * 60 + index));
      const world = await worldOf({ governor, policy, groups: finderOf(foundBy) }).takeAll([batch(later)]);
      return world.decisions.filter(({ data }) => data.action === 'block').length;
    };
    const former = withGroups('mode: enforce');
    const next = withGroups('mode: enforce, evidence: { score_min: 0.1 }');
    expect(await blockedBy(former, former.groups)).toBe(12);
    expect(await blockedBy(next, former.groups)).toBe(12);
    expect(await blockedBy(next, next.groups)).toBe(4);
    // What the next one found lay in the topic when that was taken back.
    expect(await blockedBy(former, next.groups)).toBe(4);
  });

  it('no longer by the governor, once a person says so', async () => {
    const order = { author: 'ana', reason: 'a ring, looked at', untilMs: nowMs + 1 };
    const overrides = [{ ...order, cause: 'group:device', segment: 'all', effect: 'release' }] as const;
    const control = (): Control => ({ ...nothingOrdered, overrides });
    const governor = new Governor(settings);
    const world = await worldOf({ governor, control }).takeAll([batch(many)]);
    expect(new Set(world.decisions.map(({ data }) => data.action))).toEqual(new Set(['block']));
    // What a person has released is no reason to hold it once the order ends.
    expect(governor.tripped()).toEqual([]);
  });

  it('while nothing may block by itself', async () => {
    const order = { author: 'ana', reason: 'an incident', untilMs: nowMs + 1 };
    const world = await worldOf({ control: () => ({ killSwitch: order, overrides: [] }) }).takeAll([
      batch(ringSignups),
    ]);
    expect(standing(world)).toEqual({ a: 'review', b: 'review', c: 'review' });
    expect(world.decisions[0]!.data).toMatchObject({ due: 'block', restrained_by: ['kill-switch'] });
  });
});

describe('verdicts that wait in the process', () => {
  it('are kept with the snapshot of history, and delivered by whoever starts from it', async () => {
    const ownVerdicts = new OwnVerdicts();
    const dying = worldOf({ ownVerdicts });
    dying.beforeSend = () => Promise.reject(new FailureError({ code: 'SEND_FAILED', message: 'away.' }));
    await expect(dying.takeAll([batch(ringSignups)])).rejects.toThrow(FailureError);
    const kept = JSON.parse(JSON.stringify(ownVerdicts.kept())) as ReturnType<OwnVerdicts['kept']>;

    const heirs = new OwnVerdicts();
    heirs.restore(kept);
    const heir = await worldOf({ ownVerdicts: heirs }).takeAll([batch([login('other', 9)], 3)]);
    expect(standing(heir)).toEqual({ a: 'block', b: 'block', c: 'block' });
  });

  // A group has accounts on several partitions: after a crash another of its records may find what this one did.
  it('are sent although what they are found by had been delivered before', async () => {
    const world = worldOf();
    await world.take({ ...batch(ringSignups), committedOffset: 3 });
    expect(standing(world)).toEqual({ a: 'block', b: 'block', c: 'block' });
    const byTopic = worldOf({ verdictsTopic });
    await byTopic.take({ ...batch(ringSignups), committedOffset: 3 });
    expect(byTopic.sent.verdicts.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  });
});
