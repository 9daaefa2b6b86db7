import { describe, expect, it } from 'vitest';
import { World } from '../pipeline/world.ts';
import { batchOf, cloudEvent, signup, thresholdsOnly, valueIn } from './example.ts';

/**
 * Chapter 1. One event, from the bytes that come to the decision that goes.
 *
 * `World` is the path of `src/pipeline.ts` with its real parts, history in memory among them. Three things around it are its
 * own: the clock, the output, which keeps what it is sent, and the model, which computes what a chapter tells it to.
 */
describe('one event', () => {
  it('comes as a record of Kafka, and leaves as a decision', async () => {
    // An event is a CloudEvent: who (subject), what (type), when (time), and data that depend on the type.
    const event = signup({ account: 'acc_anna', device: 'd_1', data: { form_ms: 900 } });

    // A consumer hands over records of one partition as a batch. The model of this chapter is sure of everybody's guilt.
    const world = new World({ policy: thresholdsOnly, model: { scoreRow: () => 0.97 } });
    const report = await world.take(batchOf([cloudEvent(event)], { offset: 41 }));

    // One record came, one decision went. It names what caused it, and what decided: model and policy, by version and hash.
    expect(report.records).toBe(1);
    const [decision] = world.decisions;
    expect(decision).toMatchObject({
      type: 'account.decision',
      subject: 'acc_anna',
      data: {
        action: 'block',
        cause: { kind: 'event' },
        trigger: { event_id: 'signup-of-acc_anna', offset: '41' },
        model: { name: 'fake', version: '1', role: 'champion' },
      },
    });
    expect(decision!.data.score).toBeCloseTo(0.97, 6);
  });

  it('is scored as a row of features, of which those that are not known are missing, and not 0', async () => {
    const world = new World();
    const event = signup({ account: 'acc_anna', device: 'd_1', data: { form_ms: 900 } });
    await world.take(batchOf([cloudEvent(event)]));

    const row = world.model.scored[0]!.features;
    // Some features are read from the event alone, others from history. An event sees itself: one signup from this device.
    expect(valueIn(row, 'form_ms')).toBe(900);
    expect(valueIn(row, 'device_signups_1h')).toBe(1);
    // Nobody said how long the captcha took: NaN. A tree has a branch of its own for that, and a rule does not fire.
    expect(valueIn(row, 'captcha_ms')).toBeNaN();
  });

  it('changes history, which the next event is read against', async () => {
    const world = new World();
    const accounts = ['acc_anna', 'acc_bert', 'acc_carl'];
    await world.take(batchOf(accounts.map((account) => cloudEvent(signup({ account, device: 'd_1' })))));

    // One call of the store adds all events of the batch, in their order, and returns a snapshot row for each: what was true
    // right after it, as of its own time. So each signup sees those before it, and none after.
    const { features, rows } = world.model.scored[0]!;
    const width = features.length / rows;
    const seen = accounts.map((_, row) => valueIn(features.subarray(row * width), 'device_accounts_1h'));
    expect(seen).toEqual([1, 2, 3]);
  });

  it('may be answered by silence, which is a fate like any other', async () => {
    // Nothing speaks against this account, and nothing stood before: there is nothing to say. The report tells of it.
    const world = new World({ policy: thresholdsOnly, model: { scoreRow: () => 0.02 } });
    const report = await world.take(batchOf([cloudEvent(signup({ account: 'acc_anna' }))]));
    expect(world.decisions).toEqual([]);
    expect(report.silent).toBe(1);
  });

  it('leaves its account with a standing action, which a weaker result does not lift at once', async () => {
    let score = 0.9;
    const world = new World({ policy: thresholdsOnly, model: { scoreRow: () => score } });
    await world.take(batchOf([cloudEvent(signup({ account: 'acc_anna' }))]));
    // What was decided is delivered first; then it is settled, and stands. Only then may the consumer commit.
    expect(world.settled.map(({ standing }) => standing.action)).toEqual(['review']);

    // A moment later the same account looks innocent. One quiet event does not undo a loud one: nothing is said.
    score = 0.02;
    const next = { ...signup({ account: 'acc_anna', afterMs: 5_000 }), id: 'another' };
    await world.take(batchOf([cloudEvent(next)], { offset: 200 }));
    expect(world.decisions.map(({ data }) => data.action)).toEqual(['review']);
  });
});
