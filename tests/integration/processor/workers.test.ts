import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { valkeyOffer } from '../valkey/offer.ts';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';
import { sharedHistory } from './support/valkey.ts';

/** Several workers behind one command, one listener and one log. */

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

/** Process ids of the workers that run, as their log lines tell. */
function pidsOf({ log }: Processor): number[] {
  const pids = log.filter(({ worker }) => typeof worker === 'number').map(({ pid }) => pid as number);
  return [...new Set(pids)].filter(isRunning);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function twoWorkers(context: TestContext): Promise<{ scene: Scene; processor: Processor }> {
  const { variables } = sharedHistory(offer.require(context).nodes);
  const scene = await Scene.create(context);
  const processor = await scene.run(variables, ['--workers', '2']).ready();
  await processor.until(async () => (await processor.metrics()).sum('winnow_group_members') === 2, 'both are members');
  return { scene, processor };
}

describe('two workers', () => {
  it('decide each event once though one is killed, which is started again; and their sums go on', async (context) => {
    const { scene, processor } = await twoWorkers(context);
    const former = pidsOf(processor);
    expect(former).toHaveLength(2);
    await scene.write(simulatedEvents(41, 3_000));
    await processor.decideSome();
    const before = await processor.decided();

    process.kill(former[0]!, 'SIGKILL');
    await processor.until(async () => (await processor.probe('/readyz')) === 503, 'it is not ready');
    // One that has just been killed is asked, too, until its end is seen; and on a crowded machine the other may answer late.
    await processor.until(async () => (await processor.probe('/livez')) === 200, 'it is alive');
    expect(await processor.decided()).toBeGreaterThanOrEqual(before);
    await processor.ready();
    await scene.drained(processor);

    const metrics = await processor.metrics();
    expect(metrics.sum('winnow_worker_restarts_total')).toBe(1);
    expect(metrics.sum('winnow_workers_running')).toBe(2);
    expect(metrics.sum('winnow_decisions_total')).toBeGreaterThanOrEqual(before);
    expect(Object.keys(metrics.by('process_resident_memory_bytes', 'worker')).toSorted()).toEqual([
      '1',
      '2',
      'supervisor',
    ]);
    expect(await processor.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(pidsOf(processor)).toEqual([]);
    expectOneFateEach(await outcomeOf(scene));
  });

  it('stop well when a terminal interrupts all of them at once', async (context) => {
    const { processor } = await twoWorkers(context);
    const { pid } = processor.log.find(({ worker }) => worker === 'supervisor')!;
    process.kill(-(pid as number), 'SIGINT');
    expect(await processor.ended).toEqual({ code: 0, signal: null });
  });

  it('end by themselves when their supervisor is killed', async (context) => {
    const { scene, processor } = await twoWorkers(context);
    await scene.write(simulatedEvents(42, 500));
    await processor.decideSome(100);
    processor.signal('SIGKILL');
    await processor.ended; // which comes when the last of them has closed what they all write to
    const ends = processor.log.filter(({ message }) => message.startsWith('Stopped: everything in flight'));
    expect(new Set(ends.map(({ worker }) => worker))).toEqual(new Set([1, 2]));
  });

  it('drain: they leave the group and go on running, alive and not ready, until they are stopped', async (context) => {
    const { scene, processor } = await twoWorkers(context);
    await scene.write(simulatedEvents(43, 500));
    await processor.decideSome(100);
    const drain = scene.command(['drain', '--port', String(processor.port)]);
    expect(await drain.ended).toEqual({ code: 0, signal: null });
    expect(drain.stdout).toContain('has left its group');

    const { groups } = await scene.admin.describeGroups([scene.names.groupId]);
    expect(groups[0]!.members).toEqual([]);
    expect([await processor.probe('/livez'), await processor.probe('/readyz')]).toEqual([200, 503]);
    const drained = async (): Promise<number> => (await processor.metrics()).sum('winnow_state', { state: 'drained' });
    await processor.until(async () => (await drained()) === 2, 'metrics say of both that they are drained');
    expect(pidsOf(processor)).toHaveLength(2);
    expect(await processor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});

describe('workers that cannot be', () => {
  it('are refused where each would have a history of its own, and it is said what to do', async (context) => {
    const scene = await Scene.create(context);
    const processor = scene.run({}, ['--workers', '2']);
    expect(await processor.ended).toEqual({ code: 3, signal: null });
    expect(processor.stderr).toContain('workers.count');
    expect(processor.stderr).toContain('state.store valkey');
  });

  it('end with the exit code of the one that did not start', async (context) => {
    const { variables } = sharedHistory(offer.require(context).nodes);
    const scene = await Scene.create(context);
    const missing = { ...variables, WINNOW_KAFKA_TOPICS_EVENTS: 'no-such-topic' };
    const processor = scene.run(missing, ['--workers', '2']);
    expect(await processor.ended).toEqual({ code: 5, signal: null });
    const told = processor.log.findLast(({ worker }) => worker === 'supervisor');
    expect(told).toMatchObject({ level: 'error', message: expect.stringContaining('did not start') });
  });
});
