import { describe, expect, it } from 'vitest';
import { expectOneFateEach, outcomeOf, type DecisionRecord, type Outcome } from './support/fates.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';
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

describe('a stream over several partitions', () => {
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
