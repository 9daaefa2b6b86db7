import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../bench/measure.ts';
import { plainProducer } from './clients.ts';
import type { BacklogOptions } from './options.ts';
import type { Processor, ProcessorOptions, Wiring } from './processors.ts';
import { startReader } from './reader.ts';
import type { Session } from './session.ts';
import { makeEvents, type LoadEvent } from './stream.ts';
import { nowMs, withDeadline } from './time.ts';
import { committedCount, recordCount } from './topics.ts';

/** One processor's way through the backlog. */
export interface BacklogRun {
  /** From the instant at which the broker took the first outputs until it took the last. */
  readonly seconds: number;
  /** Of the events whose outputs came after the first ones: what was done before that, took time before it. */
  readonly eventsPerSecond: number;
  /** CPU time of its process in between, an event; null where the system does not tell. */
  readonly cpuMicrosecondsPerEvent: number | null;
  readonly outputs: number;
  /** Events without an output, or, where not every event has one, that were not committed. Anything but 0 is a failure. */
  readonly missing: number;
}

export interface BacklogCase {
  /** Each figure is the median of the rounds by itself; `missing` is the sum. */
  readonly median: BacklogRun;
  readonly rounds: readonly BacklogRun[];
  /** Events per second, as a share of the echo's. */
  readonly ofEcho: number;
  /** Events per CPU-second, as a share of the echo's: it depends less on what else the machine does. */
  readonly ofEchoByCpu: number | null;
}

export interface BacklogResult {
  readonly echo: BacklogCase;
  /** With the emission that is configured: by default, what is not `allow`, and changes. */
  readonly winnow: BacklogCase;
  /** With a decision for each event. */
  readonly winnowAll: BacklogCase;
}

interface Case {
  readonly program: ProcessorOptions['program'];
  readonly emit: Wiring['emit'];
}

const cases = {
  echo: { program: 'echo', emit: null },
  winnow: { program: 'winnow', emit: null },
  winnowAll: { program: 'winnow', emit: 'all' },
} as const satisfies Record<string, Case>;
type CaseName = keyof typeof cases;

const recordsPerSend = 1_000;
const pollMs = 250;
/** A processor that makes no progress for this long is given up, and what it did not do is missing. */
const stallMsMax = 30_000;
const readMsMax = 120_000;

/** Each round, every case starts anew, with a group and output topics of its own, on one topic that is full already. */
export async function measureBacklog(options: BacklogOptions, session: Session): Promise<BacklogResult> {
  session.say(`Making ${options.events} events.`);
  const events = makeEvents({ count: options.events, seed: options.seed, endMs: Date.now() });
  const input = session.topic('events');
  await session.createTopics({ [input]: options.partitions });
  await fill(input, events, session);
  session.say('Warming up: one round of the echo.');
  await runCase('warm-up', cases.echo, input, options, session);

  const names = Object.keys(cases) as CaseName[];
  const runs: Record<CaseName, BacklogRun[]> = { echo: [], winnow: [], winnowAll: [] };
  for (let round = 0; round < options.rounds; round += 1) {
    session.say(`Round ${round + 1} of ${options.rounds}.`);
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      runs[name].push(await runCase(`${name}-${round}`, cases[name], input, options, session));
    }
  }
  const echoMedian = medianRun(runs.echo);
  const summarize = (name: CaseName): BacklogCase => {
    const middle = medianRun(runs[name]);
    const [own, echoCpu] = [middle.cpuMicrosecondsPerEvent, echoMedian.cpuMicrosecondsPerEvent];
    return {
      median: middle,
      rounds: runs[name],
      ofEcho: round2(middle.eventsPerSecond / echoMedian.eventsPerSecond),
      ofEchoByCpu: own === null || echoCpu === null ? null : round2(echoCpu / own),
    };
  };
  return { echo: summarize('echo'), winnow: summarize('winnow'), winnowAll: summarize('winnowAll') };
}

async function fill(topic: string, events: readonly LoadEvent[], session: Session): Promise<void> {
  session.say('Writing them to the topic.');
  const producer = plainProducer(session.settings('filler'));
  session.onClose(() => producer.disconnect());
  await producer.connect();
  for (let from = 0; from < events.length; from += recordsPerSend) {
    await producer.send({ topic, acks: -1, messages: events.slice(from, from + recordsPerSend) });
  }
}

async function runCase(
  name: string,
  { program, emit }: Case,
  input: string,
  { events, partitions }: BacklogOptions,
  session: Session,
): Promise<BacklogRun> {
  const wiring = session.wiring(name, emit, input);
  await session.createTopics({ [wiring.decisions]: partitions, [wiring.deadLetters]: 1 });
  const processor = await session.startProcessor(program, wiring);
  const handled = await untilHandled(processor, wiring, events, session);
  const { outputs, outputsAtFirst, firstMs, lastMs } = await readOutputs(wiring.decisions, name, session);
  const cpuMs = processor.cpu.spentMs(firstMs, lastMs);
  await processor.stop();
  const dead = await session.withAdmin((admin) => recordCount(admin, wiring.deadLetters));
  const everyEventHasOutput = program === 'echo' || emit === 'all';
  const seconds = (lastMs - firstMs) / 1_000;
  const timedEvents = events * (1 - outputsAtFirst / outputs);
  return {
    seconds: round2(seconds),
    eventsPerSecond: Math.round(timedEvents / seconds),
    cpuMicrosecondsPerEvent: cpuMs === null ? null : Math.round((cpuMs * 10_000) / timedEvents) / 10,
    outputs,
    missing: Math.max(0, events - (everyEventHasOutput ? outputs : handled)) + dead,
  };
}

/** Waits until every event has an output or is committed. Resolves with the larger of the two counts. */
async function untilHandled(processor: Processor, wiring: Wiring, events: number, session: Session): Promise<number> {
  return session.withAdmin(async (admin) => {
    let handled = 0;
    for (let progressMs = nowMs(); handled < events && nowMs() - progressMs < stallMsMax;) {
      await sleep(pollMs);
      processor.assertAlive();
      const outputs = await recordCount(admin, wiring.decisions);
      const committed = await committedCount(admin, wiring.groupId, wiring.events);
      if (Math.max(outputs, committed) > handled) progressMs = nowMs();
      handled = Math.max(outputs, committed);
    }
    return handled;
  });
}

interface Outputs {
  outputs: number;
  outputsAtFirst: number;
  firstMs: number;
  lastMs: number;
}

/** After the fact, so that reading takes nothing from what is measured: the times are the broker's. */
async function readOutputs(topic: string, name: string, session: Session): Promise<Outputs> {
  const expected = await session.withAdmin((admin) => recordCount(admin, topic));
  if (expected === 0) throw new Error(`${name} wrote nothing`);
  const countByMs = new Map<number, number>();
  let outputs = 0;
  const complete = Promise.withResolvers<void>();
  const reader = await startReader(session.settings(`${name}-reader`), topic, (records) => {
    for (const { timestamp } of records) countByMs.set(Number(timestamp), (countByMs.get(Number(timestamp)) ?? 0) + 1);
    outputs += records.length;
    if (outputs >= expected) complete.resolve();
  });
  await withDeadline(`Reading ${topic}`, readMsMax, complete.promise);
  await reader.stop();
  const times = [...countByMs.keys()].toSorted((first, second) => first - second);
  const [firstMs, lastMs] = [times.at(0)!, times.at(-1)!];
  return { outputs, outputsAtFirst: countByMs.get(firstMs)!, firstMs, lastMs };
}

function medianRun(runs: readonly BacklogRun[]): BacklogRun {
  const cpu = runs.flatMap(({ cpuMicrosecondsPerEvent }) => cpuMicrosecondsPerEvent ?? []);
  return {
    seconds: median(runs.map(({ seconds }) => seconds)),
    eventsPerSecond: median(runs.map(({ eventsPerSecond }) => eventsPerSecond)),
    cpuMicrosecondsPerEvent: cpu.length === 0 ? null : median(cpu),
    outputs: median(runs.map(({ outputs }) => outputs)),
    missing: runs.reduce((sum, { missing }) => sum + missing, 0),
  };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
