import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/domain/failure.ts';
import type { OutputName } from '../../src/ports.ts';
import { columnOf } from '../unit/scoring/rows.ts';
import { batchOf, cloudEvent, loginOf, signupOf, startMs, labelOf } from '../unit/steps/events.ts';
import { batchesOf, policyOf, recordOf, scoreOfRow, servedModel, stream, streamRecords, World } from './world.ts';

const formMs = columnOf('form_ms');
/** Scores by the event alone: what was asked for is `form_ms` in thousandths. */
const byForm = { scoreRow: (row: Float32Array) => (row[formMs]! || 0) / 1000 };

/** Thresholds of the tests' own, and a rule that needs no history. */
const policy = policyOf(`
version: "1"
thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - { id: sent-by-a-machine, version: 1, when: captcha_ms < 100, then: block, reason: "Solved in {captcha_ms} ms" }
`);

const values = [...stream.slice(0, 50), Buffer.from('x')].map((value, offset) => recordOf(value, offset));

/** A batch of signups whose scores are told. */
function signups(
  scores: readonly (readonly [account: string, score: number, id?: string])[],
  offset = 0,
  partition = 0,
) {
  const events = scores.map(([account, score, id]) => {
    const event = signupOf(account, { form_ms: score * 1000 });
    return id === undefined ? event : { ...event, id };
  });
  return batchOf(events.map(cloudEvent), { offset, partition });
}

function sendFailed(): FailureError {
  return new FailureError({ code: 'SEND_FAILED', message: 'the broker refuses.' });
}

/** Actions and degradations of what was sent. */
function sentBy(world: World) {
  return world.decisions.map(({ subject, data }) => [subject, data.action, ...(data.degraded ?? [])]);
}

describe('records that the output does not take', () => {
  it.each<OutputName>(['decisions', 'deadLetters'])(
    '(%s) make the batch fail: nothing is settled or told',
    async (output) => {
      const world = new World();
      world.beforeSend = (name) => {
        if (name === output) throw sendFailed();
      };
      await expect(world.takeAll(batchesOf(values))).rejects.toThrow('the broker refuses');
      expect({ settled: world.settled, reports: world.reports }).toEqual({ settled: [], reports: [] });
    },
  );

  it('are decided with the same ids when they come again', async () => {
    const batches = batchesOf(streamRecords(0, 300), [64]);
    const world = new World({ emit: 'all' });
    const attempted: string[] = [];
    for (const batch of batches) {
      world.beforeSend = (_, records) => {
        attempted.push(...records.map(({ value }) => (JSON.parse(value as string) as { id: string }).id));
        throw sendFailed();
      };
      await expect(world.take(batch)).rejects.toThrow('the broker refuses');
      world.beforeSend = () => {};
      await world.take(batch);
    }
    const undisturbed = await new World({ emit: 'all' }).takeAll(batches);
    expect(attempted).toEqual(undisturbed.decisions.map(({ id }) => id));
    expect(world.decisions.map(({ id }) => id)).toEqual(attempted);
  });

  it('are decided with the same bytes when they come again, by a model that looks at the event alone', async () => {
    const byEvent = { scoreRow: (row: Float32Array) => scoreOfRow(row.subarray(0, formMs + 1)) };
    const batches = batchesOf(streamRecords(0, 300), [64]);
    const world = new World({ model: byEvent });
    for (const batch of batches) {
      world.beforeSend = () => {
        throw sendFailed();
      };
      await world.take(batch).catch(() => undefined);
      world.beforeSend = () => {};
      await world.take(batch);
    }
    const undisturbed = await new World({ model: byEvent }).takeAll(batches);
    expect(undisturbed.decisions.length).toBeGreaterThan(20);
    expect(world.decisionTexts).toEqual(undisturbed.decisionTexts);
  });

  it('are not counted twice in history', async () => {
    const world = new World();
    const [batch] = batchesOf(streamRecords(0, 50));
    await world.take(batch!);
    expect(world.reports.at(-1)).toMatchObject({ replayed: 0 });
    await world.take(batch!);
    expect(world.reports.at(-1)).toMatchObject({ replayed: 50 });
  });

  // The block that was decided before came again as it was decided, after the lift, and was the last that anybody heard of the account.
  it('do not undo what a person has said meanwhile', async () => {
    const world = new World({ model: { scoreRow: () => 0.99 } });
    const blocked = batchOf([cloudEvent(signupOf('acc_1'))]);
    world.beforeSend = () => {
      throw sendFailed();
    };
    await expect(world.take(blocked)).rejects.toThrow('the broker refuses');
    world.beforeSend = () => {};
    const lift = labelOf('acc_1', { data: { label: 'genuine', by: 'appeal' } });
    await world.take({ ...batchOf([cloudEvent(lift)]), topic: 'account-labels' });
    await world.take(blocked);
    expect(world.decisions.filter(({ data }) => data.action === 'block')).toEqual([]);
    expect(world.settled.at(-1)?.standing.action ?? 'allow').toBe('allow');
  });

  // A batch whose dead letters were refused came again and again, and sent its decisions each time.
  it('because of its dead letters sends no decisions', async () => {
    const world = new World({ emit: 'all' });
    world.beforeSend = (name) => (name === 'deadLetters' ? Promise.reject(sendFailed()) : Promise.resolve());
    await expect(world.take(batchesOf(values)[0]!)).rejects.toThrow('the broker refuses');
    expect(world.sent.decisions).toEqual([]);
  });
});

describe('a model that fails', () => {
  const batch = batchOf([
    cloudEvent(signupOf('acc_1', { captcha_ms: 5 })),
    cloudEvent(signupOf('acc_2', { captcha_ms: 5_000 })),
  ]);

  it.each<readonly [string, World]>([
    ['throws', new World({ policy, model: { before: () => Promise.reject(new Error('x')) }, emit: 'all' })],
    ['gives NaN', new World({ policy, model: { scoreRow: () => NaN }, emit: 'all' })],
    ['is late', new World({ policy, model: { before: () => new Promise(() => {}) }, timeoutMs: 5, emit: 'all' })],
  ])('because it %s leaves the rules, which may block, and it is marked', async (_, world) => {
    await world.take(batch);
    expect(sentBy(world)).toEqual([
      ['acc_1', 'block', 'model'],
      ['acc_2', 'allow', 'model'],
    ]);
    expect(world.decisions.map(({ data }) => data.score)).toEqual([null, null]);
    expect(world.decisions[0]!.data.reasons).toMatchObject([{ code: 'SENT_BY_A_MACHINE', value: 5, contribution: 1 }]);
    expect(world.reports[0]).toMatchObject({ degraded: ['model'] });
    expect([...world.reports[0]!.scores]).toEqual([]);
  });

  it('does not set free who was blocked', async () => {
    let isBroken = false;
    const before = () => (isBroken ? Promise.reject(new Error('x')) : undefined);
    const world = new World({ model: { ...byForm, before }, policy });
    await world.take(signups([['acc_1', 0.85]]));
    isBroken = true;
    await world.take(batchOf([cloudEvent(loginOf('acc_1', { timeMs: startMs + 30 * 86_400_000 }))], { offset: 50 }));
    expect(sentBy(world)).toEqual([['acc_1', 'review']]);
  });
});

describe('a store that is down', () => {
  it('leaves event, score and rules, marked: rules may block, the score may not', async () => {
    const world = new World({ model: byForm, policy });
    world.isStoreUp = false;
    await world.take(
      signups([
        ['acc_1', 0.99],
        ['acc_2', 0.6],
        ['acc_3', 0.1],
      ]),
    );
    await world.take(batchOf([cloudEvent(signupOf('acc_4', { captcha_ms: 5 }))], { offset: 3 }));
    expect(sentBy(world)).toEqual([
      ['acc_1', 'review', 'store'],
      ['acc_2', 'challenge', 'store'],
      ['acc_4', 'block', 'store'],
    ]);
    expect(world.reports[0]).toMatchObject({ degraded: ['store'], replayed: 0, duplicates: 0 });
    expect(world.settled).toEqual([]);
  });

  it('is used again when it is back', async () => {
    const world = new World({ model: byForm, policy });
    world.isStoreUp = false;
    await world.take(signups([['acc_1', 0.99]]));
    world.isStoreUp = true;
    await world.take(signups([['acc_1', 0.99]], 10));
    expect(sentBy(world)).toEqual([
      ['acc_1', 'review', 'store'],
      ['acc_1', 'block'],
    ]);
    expect(world.settled).toHaveLength(1);
  });

  it('and a model that fails are both marked', async () => {
    const world = new World({ model: { scoreRow: () => NaN }, emit: 'all' });
    world.isStoreUp = false;
    await world.take(signups([['acc_1', 0.5]]));
    expect(sentBy(world)).toEqual([['acc_1', 'allow', 'store', 'model']]);
  });

  // Decided while nobody knew that the account was blocked, and written when the store was back: the block was gone.
  it('does not have what stood replaced by what was decided without it', async () => {
    const world = new World({ model: byForm, policy });
    await world.take(signups([['acc_1', 0.99]]));
    world.isStoreUp = false;
    world.beforeSend = async () => {
      world.beforeSend = () => {};
      world.isStoreUp = true;
      await world.take(signups([['acc_2', 0.1]], 0, 1));
    };
    await world.take(signups([['acc_1', 0.6]], 10));
    expect(sentBy(world)).toEqual([
      ['acc_1', 'block'],
      ['acc_1', 'challenge', 'store'],
    ]);
    await world.take(batchOf([cloudEvent(loginOf('acc_1', { timeMs: startMs + 86_400_000 }))], { offset: 20 }));
    expect(sentBy(world).slice(2)).toEqual([]);
  });
});

describe('the signal to give up', () => {
  it('reaches the output', async () => {
    const { signal } = new AbortController();
    const seen: AbortSignal[] = [];
    const world = new World({ emit: 'all' });
    world.beforeSend = (_name, _records, given) => void seen.push(given);
    await world.take(batchesOf(values)[0]!, signal);
    expect(seen).toEqual([signal, signal]);
    expect(seen.every((one) => one === signal)).toBe(true);
  });
});

describe('a pipeline whose batch failed', () => {
  it('has let go of the model', async () => {
    const world = new World();
    world.beforeSend = () => {
      throw sendFailed();
    };
    await world.take(batchesOf(streamRecords(0, 60))[0]!).catch(() => undefined);
    await world.slot.replace(servedModel('2').served);
    await world.slot.replace(servedModel('3').served);
    expect(world.model.releases).toBe(1);
  });
});
