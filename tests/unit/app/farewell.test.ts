import { describe, expect, it } from 'vitest';
import { Farewell } from '../../../src/app/farewell.ts';

describe('Farewell', () => {
  it('lets go what was made last first, all of it although some of it fails', async () => {
    const gone: string[] = [];
    const farewell = new Farewell();
    for (const part of ['history', 'model', 'watchers'])
      farewell.add(async () => {
        gone.push(part);
        if (part === 'model') throw new Error('it cannot be freed');
      });
    await farewell.say();
    expect(gone).toEqual(['watchers', 'model', 'history']);
  });

  it('lets go of the others where one throws before it waits for anything', async () => {
    const gone: string[] = [];
    const farewell = new Farewell();
    farewell.add(() => Promise.resolve(gone.push('history')));
    farewell.add(() => {
      throw new Error('it is closed already');
    });
    await farewell.say();
    expect(gone).toEqual(['history']);
  });

  // A model that was not freed kept a process past its deadline, until it was killed.
  it('does not wait for what does not end', async () => {
    const farewell = new Farewell();
    farewell.add(() => new Promise(() => {}));
    await expect(farewell.say(1)).resolves.toBeUndefined();
  });
});
