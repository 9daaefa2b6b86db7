import { describe, expect, it } from 'vitest';
import { QuietMoment } from '../../../../src/adapters/embedded/quiet-moment.ts';

/** Whether a promise is settled once all that can happen without waiting has happened. */
async function isSettled(promise: Promise<unknown> | undefined): Promise<boolean> {
  const open = Symbol('open');
  const turn = new Promise<symbol>((resolve) => setImmediate(() => resolve(open)));
  return (await Promise.race([promise, turn])) !== open;
}

describe('QuietMoment', () => {
  it('holds nothing back before one is looked for', () => {
    expect(new QuietMoment(() => false).held).toBeUndefined();
  });

  it('is found at once where nothing is under way, and holds back from then on until it ends', async () => {
    const moment = new QuietMoment(() => true);
    const found = moment.find();
    const { held } = moment;
    expect(held).toBeInstanceOf(Promise);
    await found;
    expect(await isSettled(held)).toBe(false);
    moment.end();
    expect(await isSettled(held)).toBe(true);
    expect(moment.held).toBeUndefined();
  });

  it('is found when the last batch under way has come to its end', async () => {
    let underWay = 2;
    const moment = new QuietMoment(() => underWay === 0);
    const found = moment.find();
    underWay--;
    moment.look();
    expect(await isSettled(found)).toBe(false);
    underWay--;
    moment.look();
    expect(await isSettled(found)).toBe(true);
    expect(await isSettled(moment.held)).toBe(false);
    moment.end();
  });

  it('is not waited for without end', async () => {
    const moment = new QuietMoment(() => false);
    await moment.find();
    moment.end();
    expect(moment.held).toBeUndefined();
  });

  it('can be looked for again', async () => {
    let isQuiet = true;
    const moment = new QuietMoment(() => isQuiet);
    await moment.find();
    moment.end();
    isQuiet = false;
    const again = moment.find();
    expect(await isSettled(again)).toBe(false);
    isQuiet = true;
    moment.look();
    await again;
    moment.end();
  });
});
