import { afterEach, describe, expect, it } from 'vitest';
import { FailureError, type Failure } from '../../src/domain/failure.ts';
import { limits } from '../../src/domain/limits.ts';
import type { Change, ChangeFollower, ChangeLog } from '../../src/ports.ts';
import type { Skip } from '../servers/unavailable.ts';

/** What is written to a log: later records of a key outrank earlier ones. */
export interface Written {
  readonly key: string;
  readonly value: object | null;
}

/** A log of a test's own, and what its readers are. */
export interface LogUnderTest {
  /** Adds records at its end. */
  write(records: readonly Written[]): Promise<void>;
  /** Puts a log in its place that holds these records and no others. */
  remake(records: readonly Written[]): Promise<void>;
  reader(): ChangeLog;
  /** One of a log that is not there. */
  strayReader(): ChangeLog;
}

/** Follows a log and remembers what it was told. */
export class Follower implements ChangeFollower {
  readonly state = new Map<string, unknown>();
  readonly changes: Change[] = [];
  readonly refusals: Failure[] = [];
  readonly aways: Failure[] = [];
  backs = 0;
  pauses = 0;

  take(change: Change): void {
    this.changes.push(change);
    if (change.value === null) this.state.delete(change.key);
    else this.state.set(change.key, JSON.parse(Buffer.from(change.value).toString('utf8')));
  }

  refused(failure: Failure): void {
    this.refusals.push(failure);
  }

  paused(): void {
    this.pauses += 1;
  }

  away(failure: Failure): void {
    this.aways.push(failure);
  }

  back(): void {
    this.backs += 1;
  }
}

/** What every log of changes promises (`ports.ts`). */
export function changeLogContract(
  create: (context: Skip) => Promise<LogUnderTest>,
  until: (isSo: () => boolean, what: string) => Promise<void>,
): void {
  const open: ChangeLog[] = [];

  afterEach(async () => {
    await Promise.all(open.splice(0).map((log) => log.close()));
  });

  async function follow(log: ChangeLog): Promise<Follower> {
    open.push(log);
    const follower = new Follower();
    await log.open(follower);
    return follower;
  }

  describe('a log of changes', () => {
    it('has handed on all that was there when it is open, the last of each key counting', async (context) => {
      const log = await create(context);
      await log.write([
        { key: 'a', value: { n: 1 } },
        { key: 'b', value: { n: 2 } },
        { key: 'a', value: { n: 3 } },
        { key: 'gone', value: { n: 4 } },
        { key: 'gone', value: null },
      ]);
      const { state, pauses } = await follow(log.reader());
      expect(Object.fromEntries(state)).toEqual({ a: { n: 3 }, b: { n: 2 } });
      expect(pauses).toBeGreaterThan(0);
    });

    it('is open at once where it is empty', async (context) => {
      const { state } = await follow((await create(context)).reader());
      expect(state.size).toBe(0);
    });

    it('follows: what is written later comes, and a null removes', async (context) => {
      const log = await create(context);
      await log.write([{ key: 'a', value: { n: 1 } }]);
      const follower = await follow(log.reader());
      await log.write([
        { key: 'b', value: { n: 2 } },
        { key: 'a', value: null },
      ]);
      await until(() => follower.state.has('b') && !follower.state.has('a'), 'the change has come');
      expect(Object.fromEntries(follower.state)).toEqual({ b: { n: 2 } });
    });

    it('tells every reader all of it, and the same again to one that comes later', async (context) => {
      const log = await create(context);
      await log.write(Array.from({ length: 500 }, (_, index) => ({ key: `k${index}`, value: { index } })));
      const [first, second] = await Promise.all([follow(log.reader()), follow(log.reader())]);
      const third = await follow(log.reader());
      expect(first.state.size).toBe(500);
      expect(second.state).toEqual(first.state);
      expect(third.state).toEqual(first.state);
    });

    it('takes what is gone from a log that was made anew for removed', async (context) => {
      const log = await create(context);
      await log.write([
        { key: 'a', value: { n: 1 } },
        { key: 'b', value: { n: 2 } },
        { key: 'c', value: { n: 3 } },
      ]);
      const follower = await follow(log.reader());
      await log.remake([{ key: 'b', value: { n: 4 } }]);
      await until(() => !follower.state.has('a') && !follower.state.has('c'), 'what is gone has been told');
      expect(Object.fromEntries(follower.state)).toEqual({ b: { n: 4 } });
    });

    it('takes what is gone for removed also where the log that was made anew is the longer one', async (context) => {
      const log = await create(context);
      await log.write([
        { key: 'a', value: { n: 1 } },
        { key: 'b', value: { n: 2 } },
      ]);
      const follower = await follow(log.reader());
      const others = Array.from({ length: 5 }, (_, index) => ({ key: `k${index}`, value: { index } }));
      await log.remake(others);
      await until(() => follower.state.size === 5 && !follower.state.has('a'), 'it is read from its beginning');
      expect(Object.fromEntries(follower.state)).toEqual(
        Object.fromEntries(others.map(({ key, value }) => [key, value])),
      );
    });

    it('refuses what is too large, and keeps what held under the key', async (context) => {
      const log = await create(context);
      await log.write([{ key: 'a', value: { n: 1 } }]);
      await log.write([
        { key: 'a', value: { text: 'x'.repeat(limits.changeValueBytesMax) } },
        { key: 'k'.repeat(limits.changeKeyLengthMax + 1), value: { n: 2 } },
        { key: '', value: { n: 3 } },
        { key: 'b', value: { n: 4 } },
      ]);
      const { state, refusals } = await follow(log.reader());
      expect(Object.fromEntries(state)).toEqual({ a: { n: 1 }, b: { n: 4 } });
      expect(refusals.map(({ code }) => code)).toEqual(['CHANGE_REFUSED', 'CHANGE_REFUSED', 'CHANGE_REFUSED']);
    });

    it('says why it cannot be opened where there is none', async (context) => {
      const log = (await create(context)).strayReader();
      open.push(log);
      const error: unknown = await log.open(new Follower()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(FailureError);
    });

    it('tells nothing more once it is closed', async (context) => {
      const log = await create(context);
      const reader = log.reader();
      const follower = await follow(reader);
      await reader.close();
      await log.write([{ key: 'a', value: { n: 1 } }]);
      await follow(log.reader()); // another has read it by now
      expect(follower.changes).toEqual([]);
    });
  });
}
