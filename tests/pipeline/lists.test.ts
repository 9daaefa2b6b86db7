import { describe, expect, it } from 'vitest';
import type { WireDecision } from '../../src/wire/decision-schema.ts';
import { decisionSchema } from '../../src/wire/decision-schema.ts';
import { featureColumn } from '../../src/features/catalogue.ts';
import { nothingOrdered, type Control } from '../../src/domain/control.ts';
import { governorDefaults } from '../../src/domain/governor.ts';
import { Governor } from '../../src/policy/governor/governor.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import { entryOf, matcherOf, openBook, type Draft } from '../unit/lists/lists.ts';
import { batchesOf, policyOf, recordOf, World } from './world.ts';

const startMs = Date.UTC(2026, 8, 1);
const plain = policyOf(`
version: '1'
thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - id: crowded-address
    version: 1
    on: [account.signup]
    when: ip_accounts_24h >= 3
    then: block
    reason: '{ip_accounts_24h} accounts signed up from the address'
`);

/** A signup of an account, a minute after the one before. */
function signup(index: number, subject = `acc_${index}`, ip = '95.56.234.10') {
  const { data, ...event } = exampleEvents['account.signup'];
  const time = new Date(startMs + index * 60_000);
  const context = { ...data.context, ip, device_id: `d_${index}` };
  return recordOf(
    Buffer.from(JSON.stringify({ ...event, id: `s${index}`, subject, time, data: { ...data, context } })),
    index,
  );
}

const quiet = { scoreRow: () => 0.01 };
const deny: Draft = { kind: 'deny', type: 'account', value: 'acc_0' };

function dataOf(world: World): readonly WireDecision['data'][] {
  for (const decision of world.decisions) expect(decisionSchema.safeParse(decision).success).toBe(true);
  return world.decisions.map(({ data }) => data);
}

/** An entry came to name an account, so many minutes after the start. */
function listedEvent(index: number, kind: 'allow' | 'deny', list = 'own', subject = 'acc_0') {
  const event = {
    ...exampleEvents['account.listed'],
    id: `l${index}`,
    subject,
    time: new Date(startMs + index * 60_000),
  };
  const entry = entryOf({ kind, type: 'account', value: subject }).hash;
  return recordOf(Buffer.from(JSON.stringify({ ...event, data: { list, kind, entry } })), index);
}

function labelled(index: number, label: 'fake' | 'genuine', subject = 'acc_0') {
  const event = { ...exampleEvents['account.labelled'], id: `w${index}`, subject };
  const time = new Date(startMs + index * 60_000);
  return recordOf(Buffer.from(JSON.stringify({ ...event, time, data: { label, by: 'review' } })), index);
}

describe('an account that a list comes to name', () => {
  it('is decided at once, by its entry, without an event of its own', async () => {
    const world = new World({ policy: plain, model: quiet });
    await world.takeAll(
      batchesOf([signup(0), listedEvent(1, 'deny'), listedEvent(2, 'deny'), listedEvent(3, 'allow')]),
    );
    const { hash } = entryOf(deny);
    expect(dataOf(world)).toMatchObject([
      { action: 'block', cause: { kind: 'list', list: 'own', entry: hash }, reasons: [{ code: 'LIST_DENY' }] },
      { action: 'allow', cause: { kind: 'list', list: 'own', entry: hash }, reasons: [{ code: 'LIST_ALLOW' }] },
    ]);
    expect(world.decisions[1]!.data.supersedes).toBe(world.decisions[0]!.id);
    // A restriction has its place in the transparency database, and who is let through has none.
    expect(world.decisions.map(({ data }) => data.reasons[0]!.dsa?.category)).toEqual([
      'STATEMENT_CATEGORY_SCAMS_AND_FRAUD',
      undefined,
    ]);
    expect(world.decisions.every(({ data }) => data.trigger === undefined && data.score === null)).toBe(true);
  });

  it('is decided though no model speaks, and by a batch that comes again once', async () => {
    const world = new World({ policy: plain, model: { scoreRow: () => NaN } });
    const batches = batchesOf([signup(0), listedEvent(1, 'deny')]);
    await world.takeAll(batches);
    await world.takeAll(batches);
    expect(world.decisions.filter(({ data }) => data.cause.kind === 'list')).toHaveLength(1);
  });

  it.each([
    ['fake', 'allow', 'block'],
    ['genuine', 'deny', 'allow'],
  ] as const)('stays what a person found it: %s, whatever list would %s it', async (label, kind, action) => {
    const world = new World({ policy: plain, model: quiet, emit: 'all' });
    await world.takeAll(batchesOf([signup(0), labelled(1, label), listedEvent(2, kind)]));
    expect(world.decisions.at(-1)!.data).toMatchObject({ cause: { kind: 'list' }, action });
  });

  it('stays denied while another list denies it', async () => {
    const lists = matcherOf(deny);
    const world = new World({ policy: plain, model: quiet, lists: () => lists });
    await world.takeAll(batchesOf([signup(0), listedEvent(1, 'allow', 'friends')]));
    expect(world.decisions.map(({ data }) => data.action)).toEqual(['block']);
  });

  it('is held by the governor like everybody whom the list denies', async () => {
    const governor = new Governor({ ...governorDefaults, blocksMin: 3, blocksMax: 20, probationMs: 0 });
    const world = new World({ policy: plain, model: quiet, governor });
    const accounts = Array.from({ length: 6 }, (_, index) => `acc_${index}`);
    await world.takeAll(batchesOf(accounts.map((account, index) => listedEvent(index, 'deny', 'own', account))));
    expect(world.decisions.map(({ data }) => data.action)).toEqual([
      ...Array(3).fill('block'),
      ...Array(3).fill('review'),
    ]);
  });
});

describe('lists on the path', () => {
  it('block what is denied, name the entry in the decision, and count the hit for its list', async () => {
    const lists = matcherOf(deny);
    const world = await new World({ policy: plain, model: quiet, lists: () => lists }).takeAll(
      batchesOf([signup(0), signup(1)]),
    );
    expect(dataOf(world)).toMatchObject([
      {
        action: 'block',
        reasons: [{ code: 'LIST_DENY', text: 'The account is on the list own of what is stopped', contribution: 1 }],
        rules: [],
        listed: [{ list: 'own', kind: 'deny', type: 'account', entry: entryOf(deny).hash }],
      },
    ]);
    expect(world.listHits.map((hits) => [...hits])).toEqual([[['own', 1]]]);
  });

  it('let an account through that stands blocked, with the next event, and say what was asked for', async () => {
    let lists = matcherOf(deny);
    const world = new World({ policy: plain, model: { scoreRow: () => 0.99 }, lists: () => lists });
    await world.takeAll(batchesOf([signup(0)]));
    lists = matcherOf({ ...deny, kind: 'allow', list: 'friends' });
    await world.takeAll(batchesOf([signup(1, 'acc_0')]));
    const [blocked, lifted] = world.decisions;
    expect(blocked!.data.action).toBe('block');
    expect(lifted!.data).toMatchObject({
      action: 'allow',
      due: 'block',
      restrained_by: [`list:friends:account:${entryOf(deny).hash}`],
      supersedes: blocked!.id,
      reasons: [{ code: 'LIST_ALLOW' }],
    });
  });

  it('take evidence of what is let through out of score and rules, and of nothing else', async () => {
    const column = featureColumn('ip_accounts_24h')!;
    const crowd = Array.from({ length: 6 }, (_, index) => signup(index));
    const model = { scoreRow: (row: Float32Array) => (row[column]! >= 3 ? 0.99 : 0.01) };
    const blockedWith = async (...drafts: Draft[]) => {
      const lists = drafts.length === 0 ? null : matcherOf(...drafts);
      const world = await new World({ policy: plain, model, lists: () => lists }).takeAll(batchesOf(crowd));
      return world.decisions.filter(({ data }) => data.action === 'block').length;
    };
    expect(await blockedWith()).toBe(4);
    expect(await blockedWith({ kind: 'allow', type: 'cidr', value: '95.56.234.0/24' })).toBe(0);
    expect(await blockedWith({ kind: 'allow', type: 'device', value: 'd_5' })).toBe(4);
  });

  it('watch: change no action, and tell it beside what brought the action', async () => {
    const lists = matcherOf({ kind: 'watch', type: 'ip', value: '95.56.234.10' });
    const crowd = Array.from({ length: 4 }, (_, index) => signup(index));
    const options = { policy: plain, model: quiet, emit: 'all' } as const;
    const watched = await new World({ ...options, lists: () => lists }).takeAll(batchesOf(crowd));
    const free = await new World(options).takeAll(batchesOf(crowd));
    expect(watched.decisions.map(({ data }) => data.action)).toEqual(free.decisions.map(({ data }) => data.action));
    expect(dataOf(watched).map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([
      ['LIST_WATCH'],
      ['LIST_WATCH'],
      ['CROWDED_ADDRESS', 'LIST_WATCH'],
      ['CROWDED_ADDRESS', 'LIST_WATCH'],
    ]);
  });

  it('are asked for once a batch: an entry that comes meanwhile counts from the next one on', async () => {
    const { book, add } = openBook();
    add({ kind: 'watch', type: 'account', value: 'nobody' });
    const leased = (): ReturnType<typeof book.lease> => {
      const lease = book.lease();
      add(deny); // right after this batch has got its own
      return lease;
    };
    const world = new World({ policy: plain, model: quiet, lists: leased });
    await world.takeAll(batchesOf([signup(0), signup(1, 'acc_0')]));
    expect(world.decisions).toEqual([]);
    await world.takeAll(batchesOf([signup(2, 'acc_0')]));
    expect(world.decisions.map(({ data }) => data.action)).toEqual(['block']);
  });

  it('are one cause for the governor: a list that blocks too many asks for reviews', async () => {
    const lists = matcherOf({ kind: 'deny', type: 'cidr', value: '95.56.0.0/16' });
    const governor = new Governor({ ...governorDefaults, blocksMin: 10, blocksMax: 20, probationMs: 0 });
    const crowd = Array.from({ length: 15 }, (_, index) => signup(index));
    const options = { policy: policyOf(emptyPolicy), model: quiet, governor, emit: 'all' } as const;
    const world = await new World({ ...options, lists: () => lists }).takeAll(batchesOf(crowd));
    expect(world.decisions.filter(({ data }) => data.action === 'block')).toHaveLength(10);
    expect(world.decisions[12]!.data).toMatchObject({
      action: 'review',
      due: 'block',
      restrained_by: ['governor:list:own:all'],
    });
  });

  it('say that their list is new where that is why it is held, and block all once a person says so', async () => {
    const lists = matcherOf({ kind: 'deny', type: 'cidr', value: '95.56.0.0/16' });
    const crowd = Array.from({ length: 15 }, (_, index) => signup(index));
    const decidedBy = async (control: Control) => {
      const governor = new Governor(governorDefaults);
      const options = { policy: policyOf(emptyPolicy), model: quiet, governor, emit: 'all' } as const;
      const world = new World({ ...options, lists: () => lists, control: () => control });
      return (await world.takeAll(batchesOf(crowd))).decisions.map(({ data }) => data);
    };
    const held = await decidedBy(nothingOrdered);
    expect(held.filter(({ action }) => action === 'block')).toHaveLength(5);
    expect(held[12]).toMatchObject({ due: 'block', restrained_by: ['governor:list:own:all:probation'] });
    const order = { author: 'ana', reason: 'looked at it', untilMs: Infinity };
    const released = { ...order, cause: 'list:own', segment: 'all', effect: 'release' } as const;
    const all = await decidedBy({ ...nothingOrdered, overrides: [released] });
    expect(all.filter(({ action }) => action === 'block')).toHaveLength(15);
  });

  it('are asked by conditions: of an address by every width of network, and by its operator', async () => {
    const policy = policyOf(`${emptyPolicy.replace('rules: []', 'rules:')}
  - id: strangers
    version: 1
    on: [account.signup]
    when: '!listed("partners", event.data.context.ip)'
    then: review
    reason: 'The address is no partner'
`);
    const lists = matcherOf(
      { kind: 'watch', type: 'cidr', value: '95.56.0.0/16', list: 'partners' },
      { kind: 'watch', type: 'cidr', value: '95.56.234.0/24', list: 'others' },
    );
    const crowd = [signup(0), signup(1, 'acc_1', '8.8.8.8'), signup(2, 'acc_2', '')];
    const some = await new World({ policy, model: quiet, lists: () => lists }).takeAll(batchesOf(crowd));
    expect(some.decisions.map(({ subject }) => subject)).toEqual(['acc_1', 'acc_2']);
    const none = await new World({ policy, model: quiet }).takeAll(batchesOf(crowd));
    expect(none.decisions.map(({ subject }) => subject)).toEqual(['acc_0', 'acc_1', 'acc_2']);
  });

  it('decide the same with lists that name nobody as without any', async () => {
    const lists = matcherOf({ kind: 'deny', type: 'account', value: 'nobody' });
    const crowd = Array.from({ length: 6 }, (_, index) => signup(index));
    const options = { policy: plain, model: quiet, emit: 'all' } as const;
    const some = await new World({ ...options, lists: () => lists }).takeAll(batchesOf(crowd));
    const none = await new World(options).takeAll(batchesOf(crowd));
    expect(some.decisionTexts).toEqual(none.decisionTexts);
  });

  it('keep what they list and who listed it out of decisions', async () => {
    const lists = matcherOf({ ...deny, reason: 'secret note about jane@example.kz', author: 'b.ospanova' });
    const world = await new World({ policy: plain, model: quiet, lists: () => lists }).takeAll(batchesOf([signup(0)]));
    expect(world.decisionTexts.join()).not.toMatch(/secret note|ospanova/);
  });
});

const emptyPolicy = `
version: '1'
thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
rules: []
`;
