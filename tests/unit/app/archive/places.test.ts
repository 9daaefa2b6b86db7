import { describe, expect, it } from 'vitest';
import { Places } from '../../../../src/app/archive/places.ts';

const topic = 'account-decisions';

/** What an archive keeps of topics, which loses the next answer where it is told to. */
class KeptPlaces {
  readonly progress = new Map([
    [`${topic} 0`, 40],
    [`${topic} 1`, 7],
    ['account-labels 0', 3],
  ]);
  id = 'former';
  losesAnswer = false;

  offsets(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map(this.progress));
  }

  nameSource(_topic: string, id: string): Promise<boolean> {
    const isAnother = id !== this.id;
    this.id = id;
    if (isAnother) for (const partition of [0, 1]) this.progress.delete(`${topic} ${partition}`);
    if (!this.losesAnswer) return Promise.resolve(isAnother);
    this.losesAnswer = false;
    return Promise.reject(new Error('the connection is gone'));
  }

  restart(of: string, partition: number): Promise<void> {
    this.progress.delete(`${of} ${partition}`);
    return Promise.resolve();
  }
}

describe('Places', () => {
  it('stay where the topic is the one that was read', async () => {
    const places = await Places.of(new KeptPlaces());
    expect(await places.identified(topic, 'former')).toBe(false);
    expect([places.next(topic, 0), places.next(topic, 1), places.next(topic, 2)]).toEqual([40, 7, undefined]);
  });

  it('are forgotten of a topic that is another one, and of no other topic', async () => {
    const places = await Places.of(new KeptPlaces());
    expect(await places.identified(topic, 'new')).toBe(true);
    expect([places.next(topic, 0), places.next(topic, 1), places.next('account-labels', 0)]).toEqual([
      undefined,
      undefined,
      3,
    ]);
  });

  it('are forgotten when the archive is asked again, whose answer was lost', async () => {
    const archive = new KeptPlaces();
    const places = await Places.of(archive);
    archive.losesAnswer = true;
    await expect(places.identified(topic, 'new')).rejects.toThrow('gone');
    expect(await places.identified(topic, 'new')).toBe(false);
    expect(places.next(topic, 0)).toBeUndefined();
  });

  it('are those of another process that found the new topic first and has read of it', async () => {
    const archive = new KeptPlaces();
    const places = await Places.of(archive);
    await archive.nameSource(topic, 'new');
    archive.progress.set(`${topic} 0`, 5);
    expect(await places.identified(topic, 'new')).toBe(false);
    expect([places.next(topic, 0), places.next(topic, 1)]).toEqual([5, undefined]);
  });

  it('go on with what was taken, and begin anew with a partition that was made anew', async () => {
    const places = await Places.of(new KeptPlaces());
    places.reached(topic, 0, 41);
    await places.remade(topic, 1);
    expect([places.next(topic, 0), places.next(topic, 1)]).toEqual([41, undefined]);
  });
});
