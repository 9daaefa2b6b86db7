import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WireDecision } from '../../../src/wire/decision-schema.ts';
import { Random } from '../../../src/simulation/random.ts';
import type { Skip } from '../../servers/unavailable.ts';
import { uniqueNames } from '../kafka/support.ts';
import { startCuttingProxy } from '../valkey/cutting-proxy.ts';
import { valkeyOffer } from '../valkey/offer.ts';
import { expectSameState } from '../valkey/same-state.ts';
import { portOf, valuesUnder, wholeState } from '../valkey/support.ts';
import { byEvents } from './support/by-events.ts';
import { expectOneFateEach, inOrder, outcomeOf } from './support/fates.ts';
import { temporaryDirectory } from './support/files.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { messageOf, simulated, simulatedDay } from './support/stream.ts';
import { sharedHistory, type SharedHistory } from './support/valkey.ts';

/** Given, it repeats the points at which an earlier run cut. */
const seed = Number(process.env['WINNOW_TEST_SEED'] ?? randomInt(2 ** 31));
const cutsMin = 10;
const piecesPerCutMax = 40;

// With its log on, a server that is started again has its data again.
const offer = valkeyOffer({ settings: ['appendonly yes', 'appendfsync always'] });
beforeAll(offer.start);
afterAll(offer.stop);

const day = simulatedDay(37, 1_000);
const newestMs = day.at(-1)!.timeMs;

/** No rules, and scores that often block. */
const strict = { ...byEvents, version: 'strict', thresholds: { challenge: 0.1, review: 0.2, block: 0.3 }, rules: [] };

async function policyFile(policy: object): Promise<string> {
  const path = join(await temporaryDirectory(), 'policy.yaml');
  await writeFile(path, JSON.stringify(policy));
  return path;
}

const told = {
  holding: async (processor: Processor) => (await processor.metrics()).sum('winnow_holding', { step: 'store' }),
  holds: async (processor: Processor) => (await processor.metrics()).sum('winnow_holds_total', { step: 'store' }),
  degraded: async (processor: Processor) =>
    (await processor.metrics()).sum('winnow_degraded_batches_total', { part: 'store' }),
};

const batchRecordsMax = 16;

/** Longer than any outage of these tests lasts, so that nothing degrades. */
const patient = {
  WINNOW_STORE_HOLD_MS: '60000',
  WINNOW_STORE_RETRY_MAX_MS: '200',
  WINNOW_KAFKA_CONSUMER_REBALANCE_TIMEOUT_MS: '90000',
  WINNOW_VALKEY_TIMEOUT_MS: '500',
};

// One topic for all, and one partition, so that whatever is handled is handled in one order, and leaves one state.
const { events } = uniqueNames();
let isWritten = false;

/** The day, from its beginning to its end, with what happens meanwhile; what came of it. */
async function handled(
  context: Skip,
  history: SharedHistory,
  meanwhile: (processor: Processor, scene: Scene) => Promise<void>,
) {
  const scene = await Scene.create(context, { partitions: { events: 1 }, names: { events } });
  if (!isWritten) await scene.write(day.map(messageOf));
  isWritten = true;
  const variables = { ...patient, ...history.variables, WINNOW_POLICY_FILE: await policyFile(byEvents) };
  const processor = await scene.run({ ...variables, WINNOW_BATCH_RECORDS_MAX: String(batchRecordsMax) }).ready();
  await meanwhile(processor, scene);
  await scene.drained(processor);
  const [holds, degraded] = [await told.holds(processor), await told.degraded(processor)];
  await processor.end('SIGTERM');
  const outcome = await outcomeOf(scene);
  return {
    holds,
    degraded,
    repeated: expectOneFateEach(outcome),
    decisions: outcome.decisions.map(({ decision }) => decision),
    state: await wholeState(history.nodes, history.keyPrefix, newestMs),
    stateButStandings: await wholeState(history.nodes, history.keyPrefix, newestMs, 'in any order'),
  };
}

/** What was decided, by id, but for some accounts. */
function decidedOf({ decisions }: Handled, apart: ReadonlySet<string>): ReadonlyMap<string, string> {
  return new Map(decisions.filter(({ subject }) => !apart.has(subject)).map(({ id, data }) => [id, decidedIn(data)]));
}

/**
 * What a decision says, but for what it saw: a batch of which a shard had a part already, when it was cut off, reads there what its
 * own later events have added.
 */
function decidedIn({ action, rules, supersedes }: WireDecision['data']): string {
  return JSON.stringify({ action, rules, supersedes });
}

type Handled = Awaited<ReturnType<typeof handled>>;
let handling: Promise<Handled> | undefined;

/** What becomes of the day when nothing happens. */
function undisturbed(context: Skip): Promise<Handled> {
  return (handling ??= handled(context, sharedHistory(offer.require(context).nodes), () => Promise.resolve()));
}

async function expectAsUndisturbed(context: Skip, run: Handled): Promise<void> {
  const expected = await undisturbed(context);
  expect(expected.state.size).toBeGreaterThan(day.length);
  expect({ repeated: run.repeated, degraded: run.degraded }).toEqual({ repeated: 0, degraded: 0 });
  expect(run.decisions.length).toBe(day.length);
  // A batch that was cut off, and is in history already when it comes again, is marked: it lifts nothing, and what stands for
  // these accounts goes its own way from there.
  const marked = run.decisions.filter(({ data }) => data.degraded?.includes('repeat'));
  expect(marked.length).toBeLessThanOrEqual(run.holds * batchRecordsMax);
  const apart = new Set(marked.map(({ subject }) => subject));
  expectSameState(decidedOf(run, apart), decidedOf(expected, apart));
  if (apart.size === 0) expectSameState(run.state, expected.state);
  else expectSameState(run.stateButStandings, expected.stateButStandings);
}

describe('a Valkey that is gone for less than a batch is held', () => {
  it('because it stands still: batches wait, and all comes out as if nothing had been', async (context) => {
    const control = offer.requireControl(context);
    const history = sharedHistory(offer.require(context).nodes);
    const run = await handled(context, history, async (processor, scene) => {
      await processor.decideSome(100);
      await control.pause();
      await processor.until(async () => (await told.holding(processor)) === 1, 'the batch is held');
      expect(await scene.backlog()).toBeGreaterThan(0);
      expect([await processor.probe('/readyz'), await processor.probe('/livez')]).toEqual([200, 200]);
      await control.resume();
    });
    expect(run.holds).toBeGreaterThan(0);
    await expectAsUndisturbed(context, run);
  });

  it('because it is cut off in the middle of requests: the same', async (context) => {
    process.stdout.write(`store-outage.test.ts: WINNOW_TEST_SEED=${seed}\n`);
    const random = new Random(seed);
    const { nodes } = offer.require(context);
    const proxy = await startCuttingProxy(portOf(nodes[0]!));
    const history = sharedHistory(nodes, [proxy.address]);
    const run = await handled(context, history, async (processor, scene) => {
      while (proxy.cuts < cutsMin) {
        const { cuts } = proxy;
        proxy.cutAt(random.integer(1, piecesPerCutMax), random.integer(0, 4) / 4);
        await processor.until(() => proxy.cuts > cuts, 'another cut');
      }
      expect(await scene.backlog()).toBeGreaterThan(0);
    });
    await proxy.close();
    expect(run.holds).toBeGreaterThan(0);
    await expectAsUndisturbed(context, run);
  });
});

describe('a Valkey that is gone for longer', () => {
  it('is done without: decisions are marked, and none blocks; when it is back, they are whole', async (context) => {
    const control = offer.requireControl(context);
    const history = sharedHistory(offer.require(context).nodes);
    const scene = await Scene.create(context, { partitions: { events: 1 } });
    const load = scene.load(simulated(41, 20_000), 500);
    const processor = await scene.run({ ...history.variables, WINNOW_POLICY_FILE: await policyFile(strict) }).ready();
    await processor.decideSome();
    const before = [...(await valuesUnder(history.nodes, history.keyPrefix)).keys()];

    await control.stop();
    await processor.until(async () => (await told.degraded(processor)) > 0, 'batches are degraded');
    await processor.until(async () => (await processor.probe('/readyz')) === 503, 'it says that it is not ready');
    expect(await processor.probe('/livez')).toBe(200);
    expect(await told.holding(processor)).toBe(1);
    await processor.decideSome();

    await control.restart();
    await processor.until(async () => (await told.holding(processor)) === 0, 'the store is back');
    await processor.until(async () => (await processor.probe('/readyz')) === 200, 'it is ready again');
    const degraded = await told.degraded(processor);
    await processor.decideSome();
    expect(await told.degraded(processor)).toBe(degraded);
    await load.stop();
    await scene.drained(processor);

    const outcome = await outcomeOf(scene);
    expect(expectOneFateEach(outcome)).toBe(0);
    const [order] = inOrder(outcome.decisions, (data) => data.degraded?.join() ?? '').values();
    expect(order).toEqual(['', 'store', '']);
    const after = await valuesUnder(history.nodes, history.keyPrefix);
    expect(before.filter((key) => !after.has(key))).toEqual([]);

    const blocks = (isDegraded: boolean) =>
      outcome.decisions
        .filter(({ decision }) => (decision.data.degraded !== undefined) === isDegraded)
        .map(({ decision }) => ({
          action: decision.data.action,
          isDue: decision.data.score! >= strict.thresholds.block,
        }));
    expect(blocks(false)).toContainEqual({ action: 'block', isDue: true });
    expect(blocks(true)).toContainEqual({ action: 'review', isDue: true });
    expect(blocks(true).filter(({ action }) => action === 'block')).toEqual([]);
  });
});
