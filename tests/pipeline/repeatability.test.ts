import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import type { IncomingRecord } from '../../src/ports.ts';
import { byEvents } from '../integration/processor/support/by-events.ts';
import { stateByEntity } from '../property/adapters/embedded/state-by-entity.ts';
import { acting, batchesOf, nowMs, policyOf, recordOf, stream, World, type WorldOptions } from './world.ts';

/** An event of the labels topic, at the time of another event. */
function labelAt(value: Uint8Array): Uint8Array {
  const { time } = JSON.parse(Buffer.from(value).toString()) as { time: string };
  return Buffer.from(JSON.stringify({ ...exampleEvents['account.labelled'], time }));
}

/** The stream with events that were sent twice, events of the labels topic, and what is no event, in it. */
const records: readonly IncomingRecord[] = stream
  .slice(0, 600)
  .flatMap((value, index) => {
    if (index % 29 === 3) return [value, value];
    if (index % 31 === 7) return [value, labelAt(value)];
    return index % 37 === 5 ? [Buffer.from('{'), value] : [value];
  })
  .map((value, offset) => recordOf(value, offset));

async function bytesOf(lengths: readonly number[], options: WorldOptions = {}): Promise<string> {
  const world = await new World(options).takeAll(batchesOf(records, lengths));
  return world.decisionTexts.join('\n');
}

/** What history holds after the stream, under a policy whose actions end after minutes. */
async function historyOf(lengths: readonly number[]): Promise<ReadonlyMap<string, string>> {
  const history = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
  const world = new World({ history, policy: policyOf(JSON.stringify(byEvents)), emit: 'all' });
  await world.takeAll(batchesOf(records, lengths));
  return stateByEntity(history);
}

describe('the same stream, model and policy', () => {
  it.each(['all', 'changes'])('give the same bytes again (%s)', async (emit) => {
    const options = { emit: emit === 'all' ? 'all' : acting } as const;
    const bytes = await bytesOf([256], options);
    expect(bytes.split('\n').length).toBeGreaterThan(80);
    expect(await bytesOf([256], options)).toBe(bytes);
  });

  it.each(['all', 'changes'])('give the same bytes however the stream is cut into batches (%s)', async (emit) => {
    const options = { emit: emit === 'all' ? 'all' : acting } as const;
    const bytes = await bytesOf([1], options);
    const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(cuts, async (lengths) => {
        expect(await bytesOf(lengths, options)).toBe(bytes);
      }),
      { numRuns: 6 },
    );
  });

  // An action that came to stand and ended again within one batch was forgotten, and its account went first when history was full.
  it('leave the same history however the stream is cut into batches, where actions end after minutes', async () => {
    const one = await historyOf([1]);
    for (const lengths of [[300], [7, 64]]) {
      const others = await historyOf(lengths);
      expect([...one.keys()].filter((entity) => others.get(entity) !== one.get(entity))).toEqual([]);
      expect(others.size).toBe(one.size);
    }
  });

  it('differ by their dates alone when the clock dates them', async () => {
    const options = { emit: 'all' } as const;
    const [byEvent, byClock] = await Promise.all([
      bytesOf([64], options),
      bytesOf([64], { ...options, dating: 'clock' }),
    ]);
    const dates = /(?<="time":")[^"]*/g;
    expect(byClock.replaceAll(dates, '')).toBe(byEvent.replaceAll(dates, ''));
    expect(new Set(byClock.match(dates))).toEqual(new Set([new Date(nowMs).toISOString()]));
  });
});
