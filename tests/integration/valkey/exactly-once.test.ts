import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/domain/failure.ts';
import { observationFates } from '../../../src/ports.ts';
import { labelCodes } from '../../../src/features/observation.ts';
import { labelColumn } from '../../../src/features/state.ts';
import { observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { drawing, handle, openStore, portOf, streamOf, undisturbedState, uniquePrefix, wholeState } from './support.ts';
import { valkeyOffer } from './offer.ts';

const feederPath = fileURLToPath(new URL('feeder.ts', import.meta.url));

/** Lets a process handle the stream from an offset on, and kills it after `livesMs`; answers the offset that is then due. */
async function feedAndKill(task: { from: number } & Record<string, unknown>, livesMs: number): Promise<number> {
  const feeder = spawn(process.execPath, [feederPath, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let written = '';
  feeder.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
  const closed = once(feeder, 'close');
  // It lives from its first batch on: before that, there is nothing to disturb.
  await Promise.race([once(feeder.stdout, 'data'), closed]);
  await Promise.race([sleep(livesMs), closed]);
  feeder.kill('SIGKILL');
  await closed;
  return Number(written.trimEnd().split('\n').at(-1)) || task.from;
}

describe.each(['one server', 'a cluster'] as const)('on %s', (kind) => {
  const offer = valkeyOffer({ cluster: kind === 'a cluster' });
  beforeAll(offer.start);
  afterAll(offer.stop);

  it('a process that is killed at random points leaves the state of an undisturbed run', async (context) => {
    const { nodes } = offer.require(context);
    const seed = 20_261_124;
    const draw = drawing(seed);
    const [count, keyPrefix] = [3_000, uniquePrefix()];
    const events = streamOf(seed, count);
    let from = 0;
    let kills = 0;
    while (from < count) {
      const lives = kills < 12 ? 1 + draw(60) : 60_000;
      from = await feedAndKill({ nodes, keyPrefix, seed, count, from, batchSize: 5 + draw(40) }, lives);
      kills++;
    }
    expect(kills).toBeGreaterThan(5);
    const newestMs = events.at(-1)!.timeMs;
    expect(await wholeState(nodes, keyPrefix, newestMs)).toEqual(await undisturbedState(nodes, events));
  });
});

describe('on one server', () => {
  const offer = valkeyOffer();
  beforeAll(offer.start);
  afterAll(offer.stop);

  interface Cuts {
    readonly seed: number;
    /** Events of a batch beyond eight, calls until the next cut, and offsets that a restart goes back: below these. */
    readonly events: number;
    readonly calls: number;
    readonly back: number;
    readonly cutsMin: number;
  }

  // Offsets are committed now and then, so that a crash can bring back more than the batch at which it came.
  it.for<[string, Cuts]>([
    ['the same batch from its beginning', { seed: 7, events: 30, calls: 9, back: 1, cutsMin: 11 }],
    ['several batches, seed 1', { seed: 1, events: 60, calls: 25, back: 100, cutsMin: 2 }],
    ['several batches, seed 5', { seed: 5, events: 60, calls: 25, back: 100, cutsMin: 2 }],
  ])(
    'a connection that is cut anywhere, and then %s, cut elsewhere, leave that state too',
    async ([, cuts], context) => {
      const { nodes } = offer.require(context);
      const draw = drawing(cuts.seed);
      const events = streamOf(cuts.seed, 1_500);
      const proxy = await startCuttingProxy(portOf(nodes[0]!));
      const keyPrefix = uniquePrefix();
      let store = openStore([proxy.address], { keyPrefix });
      let from = 0;
      let cut = 0;
      while (from < events.length) {
        const part = events.slice(from, from + 8 + draw(cuts.events));
        proxy.cutAt(1 + draw(cuts.calls), draw(5) / 4);
        try {
          await handle(store, part);
          from += part.length;
        } catch (error) {
          if (!(error instanceof FailureError)) throw error;
          expect(error.failure.code).toBe('STORE_UNAVAILABLE');
          // As after a crash: a process that knows nothing of what it had done.
          await store.close();
          proxy.cutAt(Infinity, 1);
          store = openStore([proxy.address], { keyPrefix });
          cut++;
          from = Math.max(0, from - draw(cuts.back));
        }
      }
      await Promise.all([store.close(), proxy.close()]);
      expect(cut).toBeGreaterThanOrEqual(cuts.cutsMin);
      const newestMs = events.at(-1)!.timeMs;
      expect(await wholeState(nodes, keyPrefix, newestMs)).toEqual(await undisturbedState(nodes, events));
    },
  );

  it('a label moves although the account was busy elsewhere before its batch came again', async (context) => {
    const { nodes } = offer.require(context);
    const proxy = await startCuttingProxy(portOf(nodes[0]!));
    const keyPrefix = uniquePrefix();
    const [interrupted, other] = [openStore([proxy.address], { keyPrefix }), openStore(nodes, { keyPrefix })];
    const event = { timeMs: startMs, account: 1 };
    await interrupted.observe(observationsOf([{ ...event, offset: 0, id: 1, device: 7, joins: true }], 0));
    const labelled = observationsOf([{ ...event, offset: 0, id: 2, label: labelCodes.fake }], 1);
    // The accounts' phase arrives, the entities' phase does not.
    proxy.cutAt(2, 0);
    await expect(interrupted.observe(labelled)).rejects.toThrow('STORE_UNAVAILABLE');
    for (let offset = 1; offset < 40; offset++)
      await other.observe(observationsOf([{ ...event, offset, id: 100 + offset }], 0));
    const fakes = async (offset: number): Promise<number> => {
      const read = { ...event, account: 2, offset, id: 1_000 + offset, device: 7 };
      return (await other.observe(observationsOf([read], 0))).values[labelColumn('device', 'fake')]!;
    };
    expect(await fakes(40)).toBe(0);
    for (const again of [41, 42]) {
      await other.observe(labelled);
      expect(await fakes(again)).toBe(1);
    }
    await Promise.all([interrupted.close(), other.close()]);
    await proxy.close();
  });

  it('a slow former owner of a partition adds nothing, and the new owner goes on', async (context) => {
    const { nodes } = offer.require(context);
    const draw = drawing(3);
    const events = streamOf(3, 1_000);
    const keyPrefix = uniquePrefix();
    const [former, present] = [openStore(nodes, { keyPrefix }), openStore(nodes, { keyPrefix })];
    for (let from = 0; from < events.length; from += 20) {
      const part = events.slice(from, from + 20);
      // Both believe to own it, in both orders and at the same time, and each cuts its batches elsewhere.
      const cut = 1 + draw(18);
      if (draw(3) === 0) await handle(former, part);
      const slowly = async (): Promise<void> => {
        await handle(former, part.slice(0, cut));
        await handle(former, part.slice(cut));
      };
      await Promise.all([handle(present, part), slowly()]);
    }
    const { fates } = await former.observe(observationsOf(events.slice(-20)));
    await Promise.all([former.close(), present.close()]);
    expect(new Set(Array.from(fates, (fate) => observationFates[fate]))).toEqual(new Set(['replayed']));
    const newestMs = events.at(-1)!.timeMs;
    expect(await wholeState(nodes, keyPrefix, newestMs)).toEqual(await undisturbedState(nodes, events));
  });
});
