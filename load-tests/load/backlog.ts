import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../bench/measure.ts';
import { plainProducer } from './clients.ts';
import type { BacklogOptions } from './options.ts';
import type { Processor, ProcessorOptions, Wiring } from './processors.ts';
import { steadyStretch, type ProgressSample } from './progress.ts';
import type { Session } from './session.ts';
import { makeEvents, type LoadEvent } from './stream.ts';
import { nowMs } from './time.ts';
import { committedCount, recordCount } from './topics.ts';

/** One processor's way through the backlog. */
export interface BacklogRun {
  /** From where half of it was handled until its end: what is measured. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** CPU time of its process meanwhile, an event; null where the system does not tell. */
  readonly cpuMicrosecondsPerEvent: number | null;
  /** Memory of its process, at most, MiB; null where the system does not tell. */
  readonly residentMiB: number | null;
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
const pollMs = 200;
/** A processor that makes no progress for this long is given up, and what it did not do is missing. */
const stallMsMax = 30_000;

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

/** Writes events to a topic, one acknowledged request after the other. */
export async function fill(topic: string, events: readonly LoadEvent[], session: Session): Promise<void> {
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
  const samples = await untilHandled([processor], wiring, events, session);
  const stretch = steadyStretch(samples);
  if (stretch === null) throw new Error(`${name} handled nothing`);
  const cpuMs = processor.cpu.spentMs(stretch.fromMs, stretch.toMs);
  const residentMiB = processor.residentMiB();
  await processor.stop();
  const [outputs, dead] = await session.withAdmin((admin) =>
    Promise.all([recordCount(admin, wiring.decisions), recordCount(admin, wiring.deadLetters)]),
  );
  const everyEventHasOutput = program === 'echo' || emit === 'all';
  const handled = samples.at(-1)!.handled;
  const seconds = (stretch.toMs - stretch.fromMs) / 1_000;
  return {
    seconds: round2(seconds),
    eventsPerSecond: Math.round(stretch.events / seconds),
    cpuMicrosecondsPerEvent: cpuMs === null ? null : Math.round((cpuMs * 10_000) / stretch.events) / 10,
    residentMiB,
    outputs,
    missing: Math.max(0, events - (everyEventHasOutput ? outputs : handled)) + dead,
  };
}

/** Waits until every event has an output or is committed. Resolves with how the larger of the two counts grew. */
export async function untilHandled(
  processors: readonly Processor[],
  wiring: Wiring,
  events: number,
  session: Session,
): Promise<readonly ProgressSample[]> {
  return session.withAdmin(async (admin) => {
    const samples: ProgressSample[] = [{ atMs: nowMs(), handled: 0 }];
    for (let progressMs = nowMs(); samples.at(-1)!.handled < events && nowMs() - progressMs < stallMsMax;) {
      await sleep(pollMs);
      for (const processor of processors) processor.assertAlive();
      const outputs = await recordCount(admin, wiring.decisions);
      const committed = await committedCount(admin, wiring.groupId, wiring.events);
      const handled = Math.max(outputs, committed);
      if (handled > samples.at(-1)!.handled) progressMs = nowMs();
      samples.push({ atMs: nowMs(), handled });
    }
    return samples;
  });
}

function medianRun(runs: readonly BacklogRun[]): BacklogRun {
  return {
    seconds: median(runs.map(({ seconds }) => seconds)),
    eventsPerSecond: median(runs.map(({ eventsPerSecond }) => eventsPerSecond)),
    cpuMicrosecondsPerEvent: medianOfKnown(runs.map(({ cpuMicrosecondsPerEvent }) => cpuMicrosecondsPerEvent)),
    residentMiB: medianOfKnown(runs.map(({ residentMiB }) => residentMiB)),
    outputs: median(runs.map(({ outputs }) => outputs)),
    missing: runs.reduce((sum, { missing }) => sum + missing, 0),
  };
}

function medianOfKnown(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : median(known);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
