import { describe, expect, it } from 'vitest';
import { ModelSlot } from '../../src/scoring/model-slot.ts';
import { governorDefaults } from '../../src/domain/governor.ts';
import { placeOf } from '../../src/domain/place-of.ts';
import { Governor } from '../../src/policy/governor/governor.ts';
import type { IncomingRecord } from '../../src/ports.ts';
import type { RollbackRules } from '../../src/scoring/rollback.ts';
import type { Comparison } from '../../src/telemetry.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import type { FakeModelOptions } from '../unit/scoring/fake-model.ts';
import { batchesOf, recordOf, servedModel, streamRecords, World, type WorldOptions } from './world.ts';

const clock = { nowMs: () => 0, monotonicMs: () => performance.now() };
const batches = batchesOf(streamRecords(0, 600));
const thresholds = { challenge: 0.2, review: 0.4, block: 0.6 };

function slotOf(version: string, model: FakeModelOptions): ModelSlot {
  const { served } = servedModel(version, model, undefined, thresholds);
  return new ModelSlot(served, { timeoutMs: 60_000, failuresMax: Infinity, clock, telemetry: silentTelemetry });
}

const always = (score: number): FakeModelOptions => ({ scoreRow: () => score });
const rules: RollbackRules = {
  failuresMax: 3,
  blockRatioMin: 0.5,
  blockRatioMax: 2,
  blocksMin: 20,
  scoreShiftMax: 0.1,
  latencyRatioMax: Infinity,
  overturnedRatioMax: 2,
  overturnedMin: 5,
};

/** Counts, and holds nothing. */
const countsOnly = { ...governorDefaults, blocksMin: 1_000_000, blocksMax: 1_000_000, overturnedMin: 1_000_000 };
const { time: lastTime } = JSON.parse(String(streamRecords(599, 600)[0]!.value)) as { time: string };

/** A person's word, right after the stream, that an account is genuine. */
function appeal(subject: string, index: number): IncomingRecord {
  const data = { label: 'genuine', by: 'appeal' };
  const event = { ...exampleEvents['account.labelled'], id: `appeal-${index}`, subject, time: lastTime, data };
  return recordOf(Buffer.from(JSON.stringify(event)), 10_000 + index);
}

async function worldWith(canary: { slot: ModelSlot; share: number } | null, options: WorldOptions = {}) {
  const world = new World({ emit: 'all', model: always(0.01), ...options });
  await world.panel.seat(canary, []);
  return world;
}

/** What challengers said, without what the shadow rules of the policy would have done. */
function challenged({ shadowed }: World): World['shadowed'] {
  return shadowed.filter(({ data }) => data.model.role === 'challenger');
}

describe('a canary', () => {
  it('speaks for a share of accounts, an account keeps its model, and a larger share takes none back', async () => {
    const slot = slotOf('2', always(0.02));
    const world = await worldWith({ slot, share: 0.2 });
    await world.takeAll(batches.slice(0, 5));
    const early = world.decisions.map(({ subject, data }) => [subject, data.model.role] as const);
    await world.panel.seat({ slot, share: 0.6 }, []);
    await world.takeAll(batches.slice(5));
    const late = world.decisions.slice(early.length).map(({ subject, data }) => [subject, data.model.role] as const);

    const roles = Map.groupBy(early, ([subject]) => subject);
    for (const [, own] of roles) expect(new Set(own.map(([, role]) => role)).size).toBe(1);
    const taken = new Set(early.flatMap(([subject, role]) => (role === 'canary' ? [subject] : [])));
    const share = taken.size / roles.size;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.4);
    for (const [subject, role] of late) if (taken.has(subject)) expect(role).toBe('canary');
    expect(late.some(([subject, role]) => role === 'canary' && !taken.has(subject))).toBe(true);
  });

  it('is named by the decisions that it made, with its score', async () => {
    const world = await worldWith({ slot: slotOf('2', always(0.02)), share: 0.5 });
    await world.takeAll(batches);
    for (const { subject, data } of world.decisions) {
      const isCanarys = placeOf(subject, '2'.padEnd(64, '0')) < 0.5;
      expect([data.model.version, data.model.role, data.score]).toEqual(
        isCanarys ? ['2', 'canary', 0.02] : ['1', 'champion', 0.01],
      );
    }
  });

  it('that fails leaves its accounts to the champion, batch by batch, and is withdrawn', async () => {
    const failing = slotOf('2', { before: () => Promise.reject(new Error('no answer')) });
    const world = await worldWith({ slot: failing, share: 1 }, { rollback: rules });
    await world.takeAll(batches.slice(0, 4));
    expect(world.withdrawn).toEqual(['it failed in 3 batches in a row']);
    expect(world.panel.canary).toBeNull();
    expect(new Set(world.decisions.map(({ data }) => data.model.role))).toEqual(new Set(['champion']));
    expect(world.decisions.flatMap(({ data }) => data.degraded ?? [])).toEqual([]);
  });

  it.each<readonly [what: string, champion: number, canary: number, reason: RegExp]>([
    [
      'blocks what the champion does not',
      0.01,
      0.999,
      /^it blocks \d+ of the same \d+ events where the champion blocks 0$/,
    ],
    ['blocks nothing of what the champion blocks', 0.999, 0.01, /^it blocks 0 of the same \d+ events where/],
  ])('that %s is withdrawn: the next batch is the champion’s', async (_, champion, canary, reason) => {
    const slot = slotOf('2', always(canary));
    const world = await worldWith({ slot, share: 0.5 }, { rollback: rules, model: always(champion) });
    await world.takeAll(batches);
    expect(world.withdrawn).toEqual([expect.stringMatching(reason)]);
    const roles = world.decisions.map(({ data }) => data.model.role);
    const first = roles.indexOf('canary');
    const last = roles.lastIndexOf('canary');
    expect(first).toBeGreaterThanOrEqual(0);
    // Twenty of its events, at half of all: in the first batches of 64.
    expect(last).toBeLessThan(3 * 64);
  });

  it('whose blocks people overturn is withdrawn, although it blocks whom the champion blocks', async () => {
    const world = await worldWith(
      { slot: slotOf('2', always(0.999)), share: 0.5 },
      { rollback: rules, model: always(0.999), governor: new Governor(countsOnly) },
    );
    await world.takeAll(batches);
    const blocked = world.decisions.filter(({ data }) => data.action === 'block');
    const [champions, canarys] = (['champion', 'canary'] as const).map((role) => [
      ...new Set(blocked.flatMap(({ subject, data }) => (data.model.role === role ? [subject] : []))),
    ]);
    await world.takeAll(batchesOf(champions!.slice(0, 2).map(appeal)));
    expect(world.withdrawn).toEqual([]);
    await world.takeAll(batchesOf(canarys!.slice(0, 9).map((subject, index) => appeal(subject, 2 + index))));
    expect(world.withdrawn).toEqual([
      expect.stringMatching(/^people overturned 9 of its \d+ blocks of a week, and 2 of the champion's \d+$/),
    ]);
    expect(world.panel.canary).toBeNull();
  });

  it('that is as the champion is stays', async () => {
    const world = await worldWith({ slot: slotOf('2', {}), share: 0.5 }, { rollback: rules, model: {} });
    await world.takeAll(batches);
    expect(world.withdrawn).toEqual([]);
  });
});

async function worldWithChallengers(options: WorldOptions, ...slots: readonly ModelSlot[]) {
  const world = new World({ emit: 'all', model: always(0.01), ...options });
  const seats = slots.map((slot) => ({ slot, thresholds: slot.thresholds }));
  await world.panel.seat(null, seats);
  return world;
}

const everybody = { share: 1, batchMsMax: 60_000, clock };

describe('a challenger', () => {
  it('changes no decision, byte for byte', async () => {
    const alone = await new World({ emit: 'all', model: {} }).takeAll(batches);
    const watched = await worldWithChallengers({ model: {}, shadow: everybody }, slotOf('2', always(0.99)));
    await watched.takeAll(batches);
    expect(watched.decisionTexts).toEqual(alone.decisionTexts);
  });

  it('decides in shadow, on its own thresholds, once for each account', async () => {
    const world = await worldWithChallengers({ shadow: everybody }, slotOf('2', always(0.5)));
    // Its speed is not known at first: it gets some of the first batch.
    await world.take(batches[0]!);
    const before = world.decisions.length;
    await world.takeAll(batches.slice(1));
    const asked = challenged(world).map(({ subject }) => subject);
    expect(new Set(asked).size).toBe(asked.length);
    for (const { subject } of world.decisions.slice(before)) expect(asked).toContain(subject);
    for (const { data } of challenged(world))
      expect(data).toMatchObject({ mode: 'shadow', action: 'review', model: { version: '2', role: 'challenger' } });
    const ids = [...world.decisions, ...challenged(world)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is compared with the champion on every event that both scored', async () => {
    const world = await worldWithChallengers({ shadow: everybody }, slotOf('2', always(0.7)));
    await world.takeAll(batches);
    const events = world.decisions.length;
    const sum = (of: (one: Comparison) => number): number => world.compared.reduce((total, one) => total + of(one), 0);
    const compared = sum(({ rows }) => rows);
    expect(compared + sum(({ skipped }) => skipped)).toBe(events);
    expect(compared).toBeGreaterThan(events / 2);
    // The champion allows, the challenger blocks.
    expect(sum(({ agreement }) => agreement[3]!)).toBe(compared);
    expect(sum(({ shiftSum }) => shiftSum) / compared).toBeCloseTo(0.69, 4);
  });

  it('is asked about its share of accounts alone', async () => {
    const world = await worldWithChallengers({ shadow: { ...everybody, share: 0.3 } }, slotOf('2', always(0.7)));
    await world.takeAll(batches);
    const [asked, all] = [challenged(world), world.decisions].map(
      (list) => new Set(list.map(({ subject }) => subject)),
    );
    expect(asked!.size).toBeGreaterThan(0);
    expect(asked!.size / all!.size).toBeLessThan(0.5);
  });

  it('is passed over when those before it took the time of the batch, which is counted', async () => {
    let nowMs = 0;
    const slow: FakeModelOptions = { scoreRow: () => 0.7, before: () => void (nowMs += 50) };
    const timed = { share: 1, batchMsMax: 40, clock: { monotonicMs: () => nowMs } };
    const world = await worldWithChallengers({ shadow: timed }, slotOf('2', slow), slotOf('3', always(0.7)));
    await world.takeAll(batches.slice(0, 4));
    const second = world.compared.filter(({ model }) => model.version === '3');
    expect(second.map(({ rows }) => rows)).toEqual(second.map(() => 0));
    expect(second.reduce((total, { skipped }) => total + skipped, 0)).toBeGreaterThan(0);
    expect(new Set(challenged(world).map(({ data }) => data.model.version))).toEqual(new Set(['2']));
  });

  it('that fails is counted, and nothing else happens', async () => {
    const failing = slotOf('2', { before: () => Promise.reject(new Error('no answer')) });
    const world = await worldWithChallengers({ shadow: everybody }, failing);
    await world.takeAll(batches);
    expect(world.compared.every(({ failed }) => failed)).toBe(true);
    expect(challenged(world)).toEqual([]);
  });
});
