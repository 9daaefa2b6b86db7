import { describe, expect, it } from 'vitest';
import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import type { RecordBatch } from '../../src/ports.ts';
import { clockBounds, type Past } from '../../src/steps/time-bounds.ts';
import { batchOf, cloudEvent, loginOf } from '../unit/steps/events.ts';
import { nowMs, World } from './world.ts';

const dayMs = 86_400_000;
const untilMs = nowMs - dayMs;

/** Logins of an account, one a day, from `days` ago; each record was written when its event happened. */
function loginsOf(account: string, days: readonly number[], from: { offset: number; partition?: number }): RecordBatch {
  const events = days.map((day) => loginOf(account, { timeMs: nowMs - day * dayMs }));
  const batch = batchOf(events.map(cloudEvent), from);
  return { ...batch, records: batch.records.map((record, at) => ({ ...record, timestampMs: events[at]!.timeMs })) };
}

function worldWith(behindMsMax = 7 * dayMs, past?: Past) {
  const history = new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 });
  const world = new World({ history, emit: 'all', timeBounds: clockBounds(() => nowMs, behindMsMax, past) });
  return { world, history };
}

describe('a start from before', () => {
  it('fills history with what is past and decides nothing about it, however long ago, and what comes after is decided', async () => {
    const { world, history } = worldWith(7 * dayMs, { untilMs, behindMsMax: 365 * dayMs });
    const past = await world.take(loginsOf('acc_1', [300, 200, 100], { offset: 0 }));
    expect(past).toMatchObject({ past: 3, silent: 3, decisions: [], deadLetters: {}, scores: new Float32Array(0) });
    expect(world.model.scored).toEqual([]);
    expect(history.size()).toBeGreaterThan(0);

    const mixed = await world.take(loginsOf('acc_1', [2, 0.5], { offset: 3 }));
    expect(mixed.silent).toBe(1);
    expect(mixed.scores).toHaveLength(1);
    expect(world.decided).toHaveLength(1);
  });

  it('takes the past of a partition although another one has come to now', async () => {
    const { world, history } = worldWith(7 * dayMs, { untilMs, behindMsMax: 365 * dayMs });
    await world.take(loginsOf('acc_1', [0], { offset: 0 }));
    const size = history.size();
    await world.take(loginsOf('acc_2', [300], { offset: 0, partition: 1 }));
    expect(history.size()).toBeGreaterThan(size);
  });
});

describe('an event that history takes no more, since it has come further', () => {
  it('is decided, and counted as outside', async () => {
    const { world, history } = worldWith();
    const minute = 1 / 1_440;
    await world.take(loginsOf('acc_1', [-4 * minute], { offset: 0 }));
    const size = history.size();
    const report = await world.take(loginsOf('acc_2', [7 - 2 * minute], { offset: 0, partition: 1 }));
    expect(report).toMatchObject({ outside: 1, past: 0, deadLetters: {} });
    expect(history.size()).toBe(size);
  });
});

describe('events that the settings allow to be further behind than a week', () => {
  it('are part of history too', async () => {
    const { world, history } = worldWith(30 * dayMs);
    await world.take(loginsOf('acc_1', [0], { offset: 0 }));
    const size = history.size();
    await world.take(loginsOf('acc_2', [20], { offset: 0, partition: 1 }));
    expect(history.size()).toBeGreaterThan(size);
  });
});

/** A label by a reviewer, so many days ago. */
const labelAt = (days: number, label: 'fake' | 'genuine') => ({
  ...loginOf('acc_1', { timeMs: nowMs - days * dayMs }),
  id: `label-${label}-${days}`,
  type: 'account.labelled' as const,
  data: { label, by: 'review' as const },
});

function labelsOf(...said: ReturnType<typeof labelAt>[]): RecordBatch {
  const batch = batchOf(
    said.map((event) => cloudEvent(event)),
    { offset: 0 },
  );
  return { ...batch, records: batch.records.map((one, at) => ({ ...one, timestampMs: said[at]!.timeMs })) };
}

async function decideAfter(...said: ReturnType<typeof labelAt>[]) {
  const { world } = worldWith(7 * dayMs, { untilMs, behindMsMax: 365 * dayMs });
  expect(await world.take(labelsOf(...said))).toMatchObject({ past: said.length, decisions: [] });
  await world.take(loginsOf('acc_1', [0.5], { offset: said.length }));
  return world.decided.map(({ action }) => action);
}

describe('what people said before decisions began', () => {
  it('holds: who was found fake is not let through by the first quiet event', async () => {
    expect(await decideAfter(labelAt(100, 'fake'))).toEqual(['block']);
  });

  it('holds as a whole: the later of two wins', async () => {
    expect(await decideAfter(labelAt(100, 'fake'), labelAt(50, 'genuine'))).toEqual(['allow']);
  });
});
