import { describe, expect, it } from 'vitest';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { FailureError } from '../../src/domain/failure.ts';
import { World } from '../pipeline/world.ts';
import { batchOf, cloudEvent, signup, thresholdsOnly, valueIn } from './example.ts';

const accounts = ['acc_anna', 'acc_bert', 'acc_carl'];
const batch = batchOf(accounts.map((account) => cloudEvent(signup({ account, device: 'd_1' }))));

function storeOfItsOwn(): EmbeddedFeatureStore {
  return new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
}

/**
 * Chapter 4. A crash, at any moment.
 *
 * Records are delivered at least once: what was not committed comes again. Three things make that harmless. History knows how far it
 * has read in each partition (the watermark) and up to where everything has had its fate (the settled offset), and the id of a
 * decision is a function of what caused it.
 */
describe('a crash', () => {
  it('before anything was sent loses nothing: the batch was not committed, and comes again', async () => {
    // What survives a crash is history, on disk or in Valkey; here both processes are given the same one.
    const history = storeOfItsOwn();
    const dying = new World({ history, emit: 'all' });
    dying.beforeSend = () => {
      throw new FailureError({ code: 'SEND_FAILED', message: 'the process dies here.' });
    };
    // The path rejects, and a caller whose batch was rejected does not commit.
    await expect(dying.take(batch)).rejects.toThrow('dies here');
    expect(dying.sent.decisions).toEqual([]);

    const next = new World({ history, emit: 'all' });
    const report = await next.take(batch);
    expect(next.decisions.map(({ subject }) => subject)).toEqual(accounts);
    // All three were in history already: they are read, and not added once more. What history says of them may hold what came after
    // them, so the decisions are marked, and are as mild as others that know less than they should.
    expect(report.replayed).toBe(3);
    expect(next.decisions.map(({ data }) => data.degraded)).toEqual(accounts.map(() => ['repeat']));
  });

  it('after everything was delivered and settled changes nothing: what comes again has its fate, and gets no other', async () => {
    const history = storeOfItsOwn();
    await new World({ history, emit: 'all' }).take(batch);
    // The process died before its commit reached Kafka; the next one is given the batch again.
    const next = new World({ history, emit: 'all' });
    await next.take(batch);
    expect(next.sent.decisions).toEqual([]);
  });

  it('of a send alone is no crash: the same process sends what it had decided, to the byte', async () => {
    const world = new World({ emit: 'all' });
    let attempted: unknown[] = [];
    world.beforeSend = (_, records) => {
      attempted = records.map(({ value }) => value);
      throw new FailureError({ code: 'SEND_FAILED', message: 'perhaps delivered, perhaps not.' });
    };
    await expect(world.take(batch)).rejects.toThrow('perhaps');
    world.beforeSend = () => {};
    await world.take(batch);
    // A reader who has them already knows them by their ids: one id never has two actions.
    expect(world.decisionTexts).toEqual(attempted);
  });

  it('counts nobody twice', async () => {
    const history = storeOfItsOwn();
    await new World({ history }).take(batch);
    await new World({ history }).take(batch);

    const next = new World({ history });
    await next.take(batchOf([cloudEvent(signup({ account: 'acc_dora', device: 'd_1' }))], { offset: 103 }));
    // Four people used the device, whatever was delivered how often.
    expect(valueIn(next.model.scored[0]!.features, 'device_signups_1h')).toBe(4);
  });

  it('of the store is waited for, and then decided without: marked, and mild', async () => {
    // How long a partition is held is a setting; this world's is 0. A score that asks for a block gets a review: who is decided
    // about should not pay for what we do not know.
    const world = new World({ policy: thresholdsOnly, model: { scoreRow: () => 0.99 } });
    world.isStoreUp = false;
    await world.take(batch);
    expect(world.decisions.map(({ data }) => [data.action, data.degraded])).toEqual(
      accounts.map(() => ['review', ['store']]),
    );
    // What was decided without knowing what stood does not replace it.
    expect(world.settled).toEqual([]);
  });
});
