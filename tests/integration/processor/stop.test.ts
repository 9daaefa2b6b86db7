import { describe, expect, it } from 'vitest';
import { expectOneFateEach, outcomeOf, placeOfSource } from './support/fates.ts';
import { malformed } from './support/malformed.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { mixed, simulatedEvents } from './support/stream.ts';

const invalid = malformed(Date.now()).map(({ message }) => message);
const events = mixed(simulatedEvents(22, 6_000), invalid, 50);

/** Few records a batch make the stream last long enough to be stopped in the middle. */
const slow = { WINNOW_BATCH_RECORDS_MAX: '1' };

/** A stop waits for the last fetch, and with it as long as this: long enough to look at it, or to lose patience. */
const slowToStop = (fetchWaitMs: number): Record<string, string> => ({
  WINNOW_KAFKA_CONSUMER_FETCH_WAIT_MS_MAX: String(fetchWaitMs),
  WINNOW_KAFKA_CONSUMER_HEARTBEAT_INTERVAL_MS: String(fetchWaitMs),
  WINNOW_KAFKA_CONSUMER_SESSION_TIMEOUT_MS: '15000',
  WINNOW_KAFKA_CONSUMER_REBALANCE_TIMEOUT_MS: '15000',
});

/** What `/readyz` says from now on until nobody answers; what is said several times in a row is there once. */
async function readinessToTheEnd(processor: Processor): Promise<(number | null)[]> {
  const told: (number | null)[] = [];
  while (told.at(-1) !== null) {
    const status = await processor.probe('/readyz');
    if (told.at(-1) !== status) told.push(status);
  }
  return told;
}

const sumOf = (offsets: ReadonlyMap<number, number>): number =>
  [...offsets.values()].reduce((sum, each) => sum + each, 0);

describe('SIGTERM in the middle of the stream', () => {
  it('ends readiness, then the process with exit code 0; what is committed is what has a fate', async (context) => {
    const scene = await Scene.create(context);
    await scene.write(events);
    const processor = await scene.run({ ...slow, ...slowToStop(1_000) }).ready();
    await processor.decideSome();

    processor.signal('SIGTERM');
    const readiness = await readinessToTheEnd(processor);
    expect(readiness.slice(readiness[0] === 200 ? 1 : 0)).toEqual([503, null]);
    expect(await processor.ended).toEqual({ code: 0, signal: null });
    expect(processor.stderr).toBe('');

    expect(await scene.backlog()).toBeGreaterThan(0);
    const { decisions, deadLetters } = await outcomeOf(scene);
    expect(decisions.length + deadLetters.length).toBe(sumOf(await scene.committed()));

    await scene.drained(await scene.run().ready());
    expect(expectOneFateEach(await outcomeOf(scene))).toBe(0);
  });

  it('and another signal ends it at once with exit code 1; nothing is committed that has no fate', async (context) => {
    const scene = await Scene.create(context);
    await scene.write(events);
    const processor = await scene.run({ ...slow, ...slowToStop(5_000) }).ready();
    await processor.decideSome();

    processor.signal('SIGTERM');
    // Another one, since a process that has not seen the first yet would get two of a kind as one.
    expect(await processor.end('SIGINT')).toEqual({ code: 1, signal: null });

    const { decisions, deadLetters } = await outcomeOf(scene);
    const fates = new Set([...decisions.map(({ cause }) => cause), ...deadLetters.map(placeOfSource)]);
    expect(fates.size).toBeGreaterThanOrEqual(sumOf(await scene.committed()));
  });

  it('that cannot be obeyed in time ends with exit code 1, and the log says what was not finished', async (context) => {
    const scene = await Scene.create(context);
    const hurried = {
      WINNOW_SHUTDOWN_DEADLINE_MS: '1000',
      WINNOW_MODEL_TIMEOUT_MS: '100',
      WINNOW_KAFKA_PRODUCER_REQUEST_TIMEOUT_MS: '100',
    };
    const processor = await scene.run({ ...hurried, ...slowToStop(5_000) }).ready();
    expect(await processor.end('SIGTERM')).toEqual({ code: 1, signal: null });
    expect(processor.log.at(-1)).toMatchObject({ level: 'error', unfinished: 'leave the group' });
  });
});
