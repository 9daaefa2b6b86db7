import { describe, expect, it } from 'vitest';
import { KeptStandings } from '../../../../src/adapters/embedded/kept-standings.ts';
import { EmbeddedFeatureStore } from '../../../../src/adapters/embedded/store.ts';
import type { Standing } from '../../../../src/domain/standing.ts';
import { keyHighOf, observationsOf, startMs } from '../../../contract/feature-store-contract.ts';
import { CollectingSink } from '../../../property/adapters/embedded/histories.ts';

const memoryBytesMax = 4 * 1024 * 1024;
const forever: Standing = { action: 'block', decisionId: `dec_${'00ff10fe'.repeat(4)}`, sinceMs: startMs, lasts: true };
const { lasts: _lasts, ...forAWhile } = forever;
const word = { saidMs: startMs, holds: 'block', protectedUntilMs: 0 } as const;

/** A store that is told of accounts by their numbers. */
class Told {
  readonly store: EmbeddedFeatureStore;
  #offset = 0;

  constructor(bytesMax = memoryBytesMax) {
    this.store = new EmbeddedFeatureStore({ memoryBytesMax: bytesMax });
  }

  /** What stood for the account before. */
  async event(account: number, standing?: Standing): Promise<Standing | undefined> {
    const offset = this.#offset++;
    const events = [{ offset, timeMs: startMs + offset, id: offset + 1, account, device: 0, ip: 0 }];
    const { standings } = await this.store.observe(observationsOf(events, 0));
    await this.settle(account, standing);
    return standings[0];
  }

  async settle(account: number, standing?: Standing): Promise<void> {
    const changes = standing === undefined ? [] : [{ keyHigh: keyHighOf(account), keyLow: account, standing }];
    await this.store.settle({ topic: 'account-events', partition: 0, offset: this.#offset - 1 }, changes);
  }

  /** So many accounts that all of them are blocked for a while that those before them go. */
  async press(from: number, count = 12_000): Promise<void> {
    for (let account = from; account < from + count; account++) await this.event(account, forAWhile);
  }
}

describe('a standing that no time ends', () => {
  it('outlives the history of its account, and one that ends by itself does not', async () => {
    const told = new Told();
    await told.event(1, forever);
    await told.event(2, { ...forever, word });
    await told.event(3, forAWhile);
    await told.press(10);
    expect(told.store.reading().standings).toEqual({ kept: 2, dropped: 0 });
    expect(await told.event(1)).toEqual(forever);
    expect(await told.event(2)).toEqual({ ...forever, word });
    expect(await told.event(3)).toBeUndefined();
    expect(told.store.reading().standings.kept).toBe(0);
    expect(await told.event(1)).toEqual(forever);
  });

  it('is there for what is only read, and gives way to what is settled', async () => {
    const told = new Told();
    await told.event(1, forever);
    await told.press(10);
    const again = observationsOf([{ offset: 0, timeMs: startMs, id: 1, account: 1, device: 0, ip: 0 }], 0);
    expect((await told.store.observe(again)).standings[0]).toEqual(forever);
    await told.settle(1, { ...forAWhile, action: 'allow' });
    expect((await told.store.observe(again)).standings[0]).toBeUndefined();
  });

  it('is forgotten with its account', async () => {
    const told = new Told();
    await told.event(1, forever);
    await told.press(10);
    await told.store.forget({ keyHigh: keyHighOf(1), keyLow: 1, targetHigh: 0, targetLow: 0 });
    expect(told.store.reading().standings.kept).toBe(0);
    expect(await told.event(1)).toBeUndefined();
  });

  it('is in a dump of the moment, whatever goes and comes meanwhile', async () => {
    const told = new Told();
    for (const account of [1, 2, 3]) await told.event(account, forever);
    await told.press(10);
    const sink = new CollectingSink();
    const state = told.store.state();
    const dump = told.store.beginDump(sink);
    await told.event(1);
    await told.event(2);
    await told.press(20_000);
    while (dump.step());
    told.store.endDump();
    const other = new Told();
    for (const record of sink.records) other.store.restore(record);
    other.store.finishRestore(state);
    expect(other.store.reading().standings.kept).toBe(3);
    for (const account of [1, 2, 3]) expect(await other.event(account)).toEqual(forever);
  });
});

describe('kept standings', () => {
  it('are as many as their memory has room for, and those kept first go', () => {
    const kept = new KeptStandings(64 * 1024, 4 * 1024);
    let count = 0;
    while (kept.dropped === 0) kept.keep(1, ++count, forever);
    expect(count).toBeGreaterThan(100);
    expect(kept.allocatedBytes).toBeLessThanOrEqual(64 * 1024);
    expect(kept.size).toBe(count - 1);
    expect(kept.find(1, 1)).toBe(-1);
    expect(kept.standing(kept.find(1, count))).toEqual(forever);
    kept.keep(1, count + 1, forever);
    expect([kept.find(1, 2), kept.size]).toEqual([-1, count - 1]);
  });

  it("that time ends are there where they stand alone, and take nobody's place", () => {
    const kept = new KeptStandings(64 * 1024, 4 * 1024);
    kept.keep(1, 1, forAWhile, true);
    expect(kept.standing(kept.find(1, 1))).toEqual(forAWhile);
    let count = 1;
    while (kept.dropped === 0) kept.keep(1, ++count, forever);
    const first = kept.find(1, 2);
    kept.keep(1, count + 1, forAWhile, true);
    expect([kept.find(1, 1), kept.find(1, count + 1), kept.dropped]).toEqual([-1, -1, 2]);
    expect(kept.find(1, 2)).toBe(first);
  });

  it('that time ends leave half of the places to those that no time ends', () => {
    const kept = new KeptStandings(64 * 1024, 4 * 1024);
    let count = 0;
    while (kept.dropped === 0) kept.keep(1, ++count, forAWhile, true);
    const half = kept.size;
    let lasting = 0;
    while (kept.dropped === 1) kept.keep(2, ++lasting, forever);
    expect(lasting - 1).toBeGreaterThanOrEqual(half - 1);
  });
});
