import { describe, expect, it } from 'vitest';
import { servedModel, World } from '../pipeline/world.ts';
import { batchOf, cloudEvent, signup, thresholdsOnly } from './example.ts';

const first = batchOf([cloudEvent(signup({ account: 'acc_anna' })), cloudEvent(signup({ account: 'acc_bert' }))]);
const second = batchOf([cloudEvent(signup({ account: 'acc_carl' }))], { offset: 300 });

/**
 * Chapter 5. A swap: another model, while events go on.
 *
 * The slot holds the champion. A batch takes a lease on it and is scored and explained under that lease, whatever is put into
 * the slot meanwhile: one batch, one model. That a bundle computes here what it computed in training is proven before it gets
 * this far (`src/scoring/bundle.ts`).
 */
describe('a swap', () => {
  it('takes place between two batches, and decisions say which model spoke', async () => {
    const world = new World({ policy: thresholdsOnly, emit: 'all', model: { scoreRow: () => 0.1 } });
    await world.take(first);
    await world.slot.replace(servedModel('2', { scoreRow: () => 0.9 }).served);
    await world.take(second);
    expect(world.decisions.map(({ data }) => [data.model.version, data.action])).toEqual([
      ['1', 'allow'],
      ['1', 'allow'],
      ['2', 'review'],
    ]);
  });

  it('during a batch leaves that batch to the model that it began with', async () => {
    const world = new World({ policy: thresholdsOnly, emit: 'all', model: { scoreRow: () => 0.1 } });
    // The new one arrives when the first batch has been scored and is about to be sent.
    world.beforeSend = async () => {
      world.beforeSend = () => {};
      await world.slot.replace(servedModel('2', { scoreRow: () => 0.9 }).served);
    };
    await world.takeAll([first, second]);
    expect(world.decisions.map(({ data }) => data.model.version)).toEqual(['1', '1', '2']);
  });

  it('gives decisions other ids: another model deciding about the same event is another decision', async () => {
    const byOne = await new World({ emit: 'all' }).takeAll([first]);
    const other = new World({ emit: 'all' });
    await other.slot.replace(servedModel('2').served);
    await other.take(first);
    expect(other.decisions.map(({ subject }) => subject)).toEqual(byOne.decisions.map(({ subject }) => subject));
    const ids = [...byOne.decisions, ...other.decisions].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it('does not decide again what was decided: what comes again is settled, whoever is champion by now', async () => {
    const world = new World({ emit: 'all' });
    await world.take(first);
    await world.slot.replace(servedModel('2').served);
    await world.take(first);
    expect(world.decisions.map(({ data }) => data.model.version)).toEqual(['1', '1']);
  });

  it('for the worse is survived: a model that fails leaves the rules, and nothing it would have blocked is blocked', async () => {
    const world = new World({ policy: thresholdsOnly, emit: 'all', model: { scoreRow: () => 0.99 } });
    await world.slot.replace(servedModel('2', { before: () => Promise.reject(new Error('out of memory')) }).served);
    await world.take(first);
    expect(world.decisions.map(({ data }) => [data.action, data.score, data.degraded])).toEqual([
      ['allow', null, ['model']],
      ['allow', null, ['model']],
    ]);
  });
});
