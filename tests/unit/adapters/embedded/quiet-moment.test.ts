import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { QuietMoment } from '../../../../src/adapters/embedded/quiet-moment.ts';

/** Whether a promise is settled once all that can happen without waiting has happened. */
async function isSettled(promise: Promise<unknown> | undefined): Promise<boolean> {
  const open = Symbol('open');
  const turn = new Promise<symbol>((resolve) => setImmediate(() => resolve(open)));
  return (await Promise.race([promise, turn])) !== open;
}

/** A batch that ends when it is told to, well or not. */
function batchIn(moment: QuietMoment) {
  const work = Promise.withResolvers<void>();
  let hasBegun = false;
  const done = moment
    .during(() => {
      hasBegun = true;
      return work.promise;
    })
    .catch(() => undefined);
  return { end: work.resolve, fail: () => work.reject(new Error('revoked')), done, hasBegun: () => hasBegun };
}

describe('QuietMoment', () => {
  it('holds nothing back before one is looked for', () => {
    expect(batchIn(new QuietMoment()).hasBegun()).toBe(true);
  });

  it('is found at once where nothing is under way, and holds back from then on until it ends', async () => {
    const moment = new QuietMoment();
    await moment.find();
    const batch = batchIn(moment);
    expect(await isSettled(batch.done)).toBe(false);
    expect(batch.hasBegun()).toBe(false);
    moment.end();
    batch.end();
    await batch.done;
    expect(batch.hasBegun()).toBe(true);
  });

  it('is found when the last batch under way has come to its end', async () => {
    const moment = new QuietMoment();
    const batches = [batchIn(moment), batchIn(moment)];
    const found = moment.find();
    for (const [index, batch] of batches.entries()) {
      batch.end();
      await batch.done;
      expect(await isSettled(found)).toBe(index === 1);
    }
    moment.end();
  });

  // Quietness was once told by what was observed against what was complete. A partition that was revoked in the middle of a batch
  // never completed it, so that each snapshot from then on held all batches back for as long as it may.
  it('is found although a batch ended without its work being done', async () => {
    const moment = new QuietMoment();
    const batch = batchIn(moment);
    batch.fail();
    await batch.done;
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await moment.find();
    moment.end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not waited for without end', async () => {
    const moment = new QuietMoment();
    const batch = batchIn(moment);
    await moment.find();
    moment.end();
    expect(batchIn(moment).hasBegun()).toBe(true);
    batch.end();
  });

  it('can be looked for again', async () => {
    const moment = new QuietMoment();
    await moment.find();
    moment.end();
    const batch = batchIn(moment);
    const again = moment.find();
    expect(await isSettled(again)).toBe(false);
    batch.end();
    await again;
    moment.end();
  });
});
