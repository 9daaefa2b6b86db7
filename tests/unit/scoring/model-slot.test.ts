import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/domain/failure.ts';
import { featureCount } from '../../../src/features/extract.ts';
import type { Clock } from '../../../src/ports.ts';
import { ModelSlot, type ModelSlotOptions } from '../../../src/scoring/model-slot.ts';
import { ServedModel } from '../../../src/scoring/served-model.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { FakeModel, type FakeModelOptions } from './fake-model.ts';

const wholeCatalogue = Int32Array.from({ length: featureCount }, (_, column) => column);
const row = new Float32Array(featureCount);

class HandClock implements Clock {
  ms = 0;
  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

/** A served model of a version, whose every score is `score`. */
function version(name: string, options: FakeModelOptions = {}) {
  const model = new FakeModel(options);
  const served = new ServedModel(
    model,
    { name: 'starter', version: name, sha256: name.padEnd(64, '0') },
    wholeCatalogue,
  );
  return { model, served };
}

/** A slot, and what it told. */
function slotOf(
  champion: ServedModel,
  options: Partial<Pick<ModelSlotOptions, 'timeoutMs' | 'failuresMax' | 'threadCpuMs'>> = {},
) {
  const failures: Failure[] = [];
  const fellBackTo: string[] = [];
  const clock = new HandClock();
  const slot = new ModelSlot(champion, {
    timeoutMs: options.timeoutMs ?? 5_000,
    failuresMax: options.failuresMax ?? 3,
    ...options,
    clock,
    telemetry: {
      ...silentTelemetry,
      modelFailed: (failure) => void failures.push(failure),
      modelFellBack: (name, to) => void fellBackTo.push(`${name} ${to}`),
    },
  });
  return { slot, failures, fellBackTo, clock };
}

/** Takes one batch of one row through the slot. */
async function batch(slot: ModelSlot): Promise<{ version: string; score: number | undefined }> {
  const lease = slot.lease();
  const scores = await lease.score(row, 1);
  await lease.end();
  return { version: lease.reference.version, score: scores?.[0] };
}

const throwing: FakeModelOptions = { before: () => Promise.reject(new Error('bad node')) };

describe('a lease', () => {
  it('scores and explains by the model that was champion when it began', async () => {
    const former = version('1', { scoreRow: () => 0.25, explainRow: () => new Array<number>(featureCount).fill(1) });
    const { slot } = slotOf(former.served);
    const lease = slot.lease();
    await slot.replace(version('2', { scoreRow: () => 0.75 }).served);
    expect(lease.reference.version).toBe('1');
    expect([...(await lease.score(row, 1))!]).toEqual([0.25]);
    expect((await lease.explain(row, [0]))![0]).toBe(1);
    await lease.end();
    expect(await batch(slot)).toEqual({ version: '2', score: 0.75 });
  });

  it('keeps its model in memory although two others have come since', async () => {
    const first = version('1');
    const { slot } = slotOf(first.served);
    const lease = slot.lease();
    await slot.replace(version('2').served);
    await slot.replace(version('3').served);
    expect(first.model.releases).toBe(0);
    expect([...(await lease.score(row, 1))!]).toEqual([0.5]);
    await lease.end();
    expect(first.model.releases).toBe(1);
  });
});

describe('a model that fails a batch', () => {
  it.each<readonly [string, FakeModelOptions, RegExp]>([
    ['throws', throwing, /bad node/],
    ['gives NaN', { scoreRow: () => NaN }, /no probability/],
    ['gives a number above 1', { scoreRow: () => 1.5 }, /no probability/],
    ['gives a negative number', { scoreRow: () => -0.001 }, /no probability/],
    ['gives infinity', { scoreRow: () => Infinity }, /no probability/],
    ['does not answer in time', { before: () => new Promise<void>(() => {}) }, /in time/],
  ])('because it %s gives no scores, and it is told', async (_, options, message) => {
    const { slot, failures } = slotOf(version('1', options).served, { timeoutMs: 5 });
    expect(await batch(slot)).toEqual({ version: '1', score: undefined });
    expect(failures).toEqual([{ code: 'MODEL_FAILED', message: expect.stringMatching(message) as string }]);
    expect(failures[0]!.message).toContain('starter 1');
  });

  it('because its answer held up the thread for too long gives no scores', async () => {
    const slow = version('1', { before: () => void (clock.ms += 6) });
    const { slot, failures, clock } = slotOf(slow.served, { timeoutMs: 5, threadCpuMs: () => clock.ms });
    expect((await batch(slot)).score).toBeUndefined();
    expect(failures).toHaveLength(1);
  });

  // A process that was stopped for 25 s decided by rules alone, and its log advised to roll the champion back.
  it('is not one whose process stood still while it computed', async () => {
    const stopped = version('1', { before: () => void (clock.ms += 25_000) });
    const { slot, failures, clock } = slotOf(stopped.served, { timeoutMs: 5_000, threadCpuMs: () => 3 });
    expect((await batch(slot)).score).toBeDefined();
    expect(failures).toEqual([]);
  });

  it('is not one whose answer waits behind a timer that comes late itself', async () => {
    const answer = Promise.withResolvers<void>();
    const stopped = version('1', { before: () => answer.promise });
    const { slot, failures, clock } = slotOf(stopped.served, { timeoutMs: 20 });
    setTimeout(() => answer.resolve(), 25);
    clock.ms = 0;
    const scored = batch(slot);
    clock.ms += 25_000;
    expect((await scored).score).toBeDefined();
    expect(failures).toEqual([]);
  });

  it.each([0, 1])('does not include one that gives %d', async (score) => {
    const { slot, failures } = slotOf(version('1', { scoreRow: () => score }).served);
    expect((await batch(slot)).score).toBe(score);
    expect(failures).toEqual([]);
  });

  it('in its explanation alone gives scores and no explanation, and it is told', async () => {
    const broken = version('1', {
      explainRow: () => [],
      before: (call) => (call === 'explain' ? Promise.reject(new Error('no tree')) : undefined),
    });
    const { slot, failures } = slotOf(broken.served);
    const lease = slot.lease();
    expect([...(await lease.score(row, 1))!]).toEqual([0.5]);
    expect(await lease.explain(row, [0])).toBeNull();
    await lease.end();
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('no tree')]);
  });

  it.each([Infinity, -Infinity, NaN])('in an explanation that holds %d gives none, and it is told', async (number) => {
    const contributions = new Array<number>(featureCount).fill(0.1).with(3, number);
    const { slot, failures } = slotOf(version('1', { explainRow: () => contributions }).served);
    const lease = slot.lease();
    expect(await lease.explain(row, [0])).toBeNull();
    await lease.end();
    expect(failures.map(({ code }) => code)).toEqual(['MODEL_FAILED']);
  });

  it('does not give an answer that comes late to the next batch', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow = version('1', { before: () => promise });
    const { slot } = slotOf(slow.served, { timeoutMs: 5 });
    expect((await batch(slot)).score).toBeUndefined();
    resolve();
    expect((await batch(slot)).score).toBe(0.5);
  });
});

describe('the slot', () => {
  it('falls back to the former model after as many failures in a row as are allowed', async () => {
    const former = version('1', { scoreRow: () => 0.25 });
    const broken = version('2', throwing);
    const { slot, failures, fellBackTo } = slotOf(former.served, { failuresMax: 3 });
    await slot.replace(broken.served);
    const seen = [];
    for (let count = 0; count < 5; count++) seen.push(await batch(slot));
    expect(seen.map((one) => one.version)).toEqual(['2', '2', '2', '1', '1']);
    expect(seen.at(-1)!.score).toBe(0.25);
    expect(failures).toHaveLength(3);
    expect(fellBackTo).toEqual(['starter 1']);
    expect(slot.reference.version).toBe('1');
    expect({ broken: broken.model.releases, former: former.model.releases }).toEqual({ broken: 1, former: 0 });
  });

  it('forgives failures that are not in a row', async () => {
    let isBroken = false;
    const shaky = version('2', { before: () => (isBroken ? Promise.reject(new Error('x')) : undefined) });
    const { slot, fellBackTo } = slotOf(version('1').served, { failuresMax: 2 });
    await slot.replace(shaky.served);
    for (const fails of [true, false, true, false, true]) {
      isBroken = fails;
      await batch(slot);
    }
    expect(fellBackTo).toEqual([]);
  });

  it('stays with a failing model that has no former one', async () => {
    const only = version('1', throwing);
    const { slot, fellBackTo } = slotOf(only.served, { failuresMax: 1 });
    for (let count = 0; count < 4; count++) expect((await batch(slot)).score).toBeUndefined();
    expect({ fellBackTo, releases: only.model.releases }).toEqual({ fellBackTo: [], releases: 0 });
  });

  it('falls back once: the model before the former one is gone', async () => {
    const { slot, fellBackTo } = slotOf(version('1').served, { failuresMax: 1 });
    await slot.replace(version('2', throwing).served);
    await slot.replace(version('3', throwing).served);
    for (let count = 0; count < 4; count++) await batch(slot);
    expect(fellBackTo).toEqual(['starter 2']);
  });

  it('does not hold the failures of a former model against the champion', async () => {
    const { slot, fellBackTo } = slotOf(version('1', throwing).served, { failuresMax: 2 });
    const lease = slot.lease();
    const other = slot.lease();
    await slot.replace(version('2').served);
    await lease.score(row, 1);
    await other.score(row, 1);
    await Promise.all([lease.end(), other.end()]);
    expect(fellBackTo).toEqual([]);
    expect(await batch(slot)).toEqual({ version: '2', score: 0.5 });
  });

  it('counts anew for a new champion', async () => {
    const { slot, fellBackTo } = slotOf(version('1', throwing).served, { failuresMax: 2 });
    await batch(slot);
    await slot.replace(version('2', throwing).served);
    await batch(slot);
    expect(fellBackTo).toEqual([]);
  });

  it('keeps one former model in memory and frees those before it', async () => {
    const versions = ['1', '2', '3'].map((name) => version(name));
    const { slot } = slotOf(versions[0]!.served);
    await slot.replace(versions[1]!.served);
    await slot.replace(versions[2]!.served);
    expect(versions.map(({ model }) => model.releases)).toEqual([1, 0, 0]);
  });

  it('frees every model when it is closed, once, however often', async () => {
    const versions = ['1', '2'].map((name) => version(name));
    const { slot } = slotOf(versions[0]!.served);
    await slot.replace(versions[1]!.served);
    await slot.close();
    await slot.close();
    expect(versions.map(({ model }) => model.releases)).toEqual([1, 1]);
  });

  it('closes under a batch that is under way: it ends with its model', async () => {
    const { model, served } = version('1');
    const { slot } = slotOf(served);
    const lease = slot.lease();
    await slot.close();
    expect([...(await lease.score(row, 1))!]).toEqual([0.5]);
    await lease.end();
    expect(model.releases).toBe(1);
  });

  // The batch that made the slot fall back was decided, sent and settled; it must not fail for what it leaves behind.
  it('tells of a broken model that cannot be freed, and lets the batch end well', async () => {
    const broken = version('2', throwing);
    broken.model.release = () => Promise.reject(new Error('busy'));
    const { slot, failures } = slotOf(version('1').served, { failuresMax: 1 });
    await slot.replace(broken.served);
    expect(await batch(slot)).toEqual({ version: '2', score: undefined });
    expect(failures.map(({ message }) => message)).toEqual(['starter 2: bad node.', 'release: busy.']);
  });

  it('is replaced although the one before the former cannot be freed', async () => {
    const stuck = version('1');
    stuck.model.release = () => Promise.reject(new Error('busy'));
    const { slot, failures } = slotOf(stuck.served);
    await slot.replace(version('2').served);
    await slot.replace(version('3').served);
    expect(failures.map(({ message }) => message)).toEqual(['release: busy.']);
    expect(slot.reference.version).toBe('3');
  });
});
