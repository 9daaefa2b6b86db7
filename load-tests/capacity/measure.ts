import { startValkey } from '../../tests/servers/valkey.ts';
import { median } from '../bench/measure.ts';
import { fill, untilHandled } from '../load/backlog.ts';
import { CpuMeter } from '../load/cpu.ts';
import { steadyStretch } from '../load/progress.ts';
import type { Session } from '../load/session.ts';
import { makeEvents, type LoadEvent } from '../load/stream.ts';
import type { CapacityCase, CapacityResult } from './derive.ts';
import { childWith, valkeyProcess } from './server-processes.ts';

export interface CapacityOptions {
  readonly events: number;
  readonly partitions: number;
  readonly rounds: number;
  readonly seed: number;
}

const cases = [
  { store: 'embedded', workers: 1 },
  { store: 'embedded', workers: 2 },
  { store: 'valkey', workers: 1 },
  { store: 'valkey', workers: 2 },
] as const satisfies readonly Pick<CapacityCase, 'store' | 'workers'>[];
type Case = (typeof cases)[number];

/** Of the Kafka that Maven brings. */
const brokerMain = 'kafka.Kafka';

/** Each round, every case starts anew, with a group, output topics and a history of its own, on one topic that is full already. */
export async function measureCapacity(
  options: CapacityOptions,
  session: Session,
): Promise<Omit<CapacityResult, 'environment'>> {
  const { events: count, partitions, rounds, seed } = options;
  session.say(`Making ${count} events.`);
  const events = makeEvents({ count, seed, endMs: Date.now() });
  const input = session.topic('events');
  await session.createTopics({ [input]: partitions });
  await fill(input, events, session);
  const runs = new Map<Case, CapacityCase[]>(cases.map((one) => [one, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const one of round % 2 === 0 ? cases : cases.toReversed()) {
      session.say(`Round ${round + 1} of ${rounds}: ${one.workers} worker(s), ${one.store}.`);
      runs.get(one)!.push(await runCase(`${one.store}-${one.workers}-${round}`, one, input, options, session));
    }
  }
  return {
    events: count,
    partitions,
    rounds,
    bytesPerEvent: Math.round(bytesOf(events) / count),
    cases: cases.map((one) => medianOf(one, runs.get(one)!)),
  };
}

async function runCase(
  name: string,
  { store, workers }: Case,
  input: string,
  { events, partitions }: CapacityOptions,
  session: Session,
): Promise<CapacityCase> {
  const wiring = session.wiring(name, null, input);
  await session.createTopics({ [wiring.decisions]: partitions, [wiring.deadLetters]: 1 });
  const valkey = store === 'valkey' ? await startValkey() : null;
  const meters = {
    store: valkey === null ? null : await meterOf(valkeyProcess(valkey.nodes[0]!)),
    broker: await meterOf(childWith(brokerMain)),
  };
  const start = session.memberStarter(
    wiring,
    valkey === null ? {} : { WINNOW_STATE_STORE: 'valkey', WINNOW_VALKEY_NODES: valkey.nodes.join(',') },
  );
  const members = await Promise.all(Array.from({ length: workers }, () => start()));
  const samples = await untilHandled(members, wiring, events, session);
  const stretch = steadyStretch(samples);
  if (stretch === null || samples.at(-1)!.handled < events) throw new Error(`${name} did not handle all events`);
  const { fromMs, toMs } = stretch;
  const perEvent = (cpuMs: number | null | undefined): number | null =>
    cpuMs === null || cpuMs === undefined ? null : Math.round((cpuMs * 10_000) / stretch.events) / 10;
  const ofMembers = members.reduce((sum, { cpu }) => sum + (cpu.spentMs(fromMs, toMs) ?? Number.NaN), 0);
  const result: CapacityCase = {
    store,
    workers,
    eventsPerSecond: Math.round((stretch.events * 1_000) / (toMs - fromMs)),
    cpuMicroseconds: {
      workers: Number.isNaN(ofMembers) ? null : perEvent(ofMembers),
      store: valkey === null ? 0 : perEvent(meters.store?.spentMs(fromMs, toMs)),
      broker: perEvent(meters.broker?.spentMs(fromMs, toMs)),
    },
  };
  await Promise.all(members.map((member) => member.stop()));
  for (const meter of Object.values(meters)) meter?.stop();
  await valkey?.stop();
  return result;
}

async function meterOf(pid: number | null | Promise<number | null>): Promise<CpuMeter | null> {
  const known = await pid;
  return known === null ? null : new CpuMeter(known);
}

function medianOf(one: Case, runs: readonly CapacityCase[]): CapacityCase {
  const cpuOf = (party: keyof CapacityCase['cpuMicroseconds']): number | null => {
    const known = runs.map(({ cpuMicroseconds }) => cpuMicroseconds[party]).filter((value) => value !== null);
    return known.length < runs.length ? null : median(known);
  };
  return {
    store: one.store,
    workers: one.workers,
    eventsPerSecond: median(runs.map(({ eventsPerSecond }) => eventsPerSecond)),
    cpuMicroseconds: { workers: cpuOf('workers'), store: cpuOf('store'), broker: cpuOf('broker') },
  };
}

function bytesOf(events: readonly LoadEvent[]): number {
  return events.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
}
