import { describe, expect, it } from 'vitest';
import { expectOneFateEach, outcomeOf, type DecisionRecord, type Outcome } from './support/fates.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents, type EventMessage } from './support/stream.ts';
import type { Skip } from '../../servers/unavailable.ts';

const count = 4_000;
let deciding: Promise<Outcome> | undefined;

/** A stream from four partitions, decided once for all tests of this file. */
function decided(context: Skip): Promise<Outcome> {
  return (deciding ??= decide(context));
}

async function decide(context: Skip): Promise<Outcome> {
  const scene = await Scene.create(context);
  await scene.write(simulatedEvents(11, count));
  const processor = await scene.run().ready();
  await scene.drained(processor);
  await processor.end('SIGTERM');
  return outcomeOf(scene);
}

const triggerOffset = ({ decision }: DecisionRecord): number => Number(decision.data.trigger!.offset);

/** How many events, in the mean, are decided before an older one of another partition. */
function disorderOf({ decisions }: Outcome, events: readonly EventMessage[]): number {
  const places = new Map(events.map(({ value }, place) => [(JSON.parse(value) as { id: string }).id, place]));
  let newest = 0;
  let behind = 0;
  for (const { decision } of decisions) {
    const place = places.get(decision.data.trigger!.event_id)!;
    newest = Math.max(newest, place);
    behind += newest - place;
  }
  return behind / decisions.length;
}

describe('a stream over several partitions', () => {
  // Whole fetches were taken in turn, two partitions at a time: two undisturbed runs ended with other actions for one account in sixty.
  it('is taken nearly in the order of its events, and not partition by partition', async (context) => {
    const events = simulatedEvents(77, count);
    const scene = await Scene.create(context, { partitions: { events: 6, decisions: 1 } });
    await scene.write(events);
    const processor = await scene.run({ WINNOW_BATCH_RECORDS_MAX: '32' }).ready();
    await scene.drained(processor);
    await processor.end('SIGTERM');
    expect(disorderOf(await outcomeOf(scene), events)).toBeLessThan(count / 6);
  });

  it('has exactly one decision for each event', async (context) => {
    const outcome = await decided(context);
    expect(outcome.events).toHaveLength(count);
    expect(expectOneFateEach(outcome)).toBe(0);
    expect(outcome.deadLetters).toEqual([]);
  });

  it('has all decisions of an account in one partition, by their key', async (context) => {
    const { decisions } = await decided(context);
    const byAccount = Map.groupBy(decisions, ({ decision }) => decision.subject);
    expect(byAccount.size).toBeGreaterThan(100);
    for (const [account, own] of byAccount) {
      expect(new Set(own.map(({ key }) => String(key)))).toEqual(new Set([account]));
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
    }
    expect(new Set(decisions.map(({ partition }) => partition)).size).toBe(3);
  });

  it('has the decisions of an account in the order of its events', async (context) => {
    const { decisions } = await decided(context);
    for (const [, own] of Map.groupBy(decisions, ({ decision }) => decision.subject)) {
      const offsets = own.map(triggerOffset);
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    }
  });
});
