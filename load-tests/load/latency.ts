import { plainProducer } from './clients.ts';
import { CpuMeter } from './cpu.ts';
import { latenciesOf, latencyDifference, newHistogram, type Latencies } from './latencies.ts';
import { eventsOf, planOf, type LatencyOptions } from './options.ts';
import type { Session } from './session.ts';
import { makeEvents } from './stream.ts';
import { Subject, type PhaseOutcome } from './subject.ts';

/** What one processor did with the load. */
export interface ProcessorLatency {
  readonly sent: number;
  readonly received: number;
  /** Events without an output: anything but 0 is a failure. */
  readonly missing: number;
  /** Second outputs of an event. */
  readonly duplicates: number;
  /** Outputs that nothing we sent has caused. */
  readonly unknown: number;
  /** From the instant at which an event was due until its output was read; null when nothing came. */
  readonly latencyMs: Latencies | null;
  readonly latencyMsByRound: readonly (Latencies | null)[];
  /** CPU time of its process over the measured parts, an event; null where the system does not tell. */
  readonly cpuMicrosecondsPerEvent: number | null;
}

export interface LatencyResult {
  /** Events per second that were sent in the measured parts. */
  readonly rateAchieved: number;
  /** From when an event was due until the generator sent it. Part of all latencies. */
  readonly generatorLatenessMs: Latencies | null;
  /** From there until the broker had acknowledged it. An event can be read a little earlier. */
  readonly brokerAcknowledgementMs: Latencies | null;
  readonly echo: ProcessorLatency;
  readonly winnow: ProcessorLatency;
  readonly winnowLessEchoMs: Latencies | null;
  /** CPU time of generator and readers, an event. */
  readonly harnessCpuMicrosecondsPerEvent: number | null;
}

/** Both processors run all the time and take turns: while one is measured, the other has nothing to do. */
export async function measureLatency(options: LatencyOptions, session: Session): Promise<LatencyResult> {
  const { rounds, partitions, seed, warmUpSeconds } = options;
  session.say(`Making ${eventsOf(options)} events.`);
  const events = makeEvents({ count: eventsOf(options), seed, endMs: Date.now() });
  const harness = new CpuMeter(process.pid);
  const producer = plainProducer(session.settings('generator'));
  session.onClose(() => producer.disconnect());
  await producer.connect();
  const echo = await Subject.start('echo', events, partitions, session);
  const winnow = await Subject.start('winnow', events, partitions, session);

  for (const subject of warmUpSeconds > 0 ? [echo, winnow] : []) {
    session.say(`Warming up ${subject.name} for ${warmUpSeconds} s.`);
    const unmeasured = { lateness: newHistogram(), acknowledgement: newHistogram() };
    await subject.run(planOf(options).warmUp, { producer, events, ...unmeasured }, harness);
  }
  const histograms = { lateness: newHistogram(), acknowledgement: newHistogram() };
  const outcomes = new Map<Subject, PhaseOutcome[]>([
    [echo, []],
    [winnow, []],
  ]);
  for (let round = 0; round < rounds; round += 1) {
    session.say(`Round ${round + 1} of ${rounds}.`);
    // Now one first, now the other: a machine that gets slower or faster treats both alike.
    for (const subject of round % 2 === 0 ? [echo, winnow] : [winnow, echo]) {
      const outcome = await subject.run(planOf(options).round, { producer, events, ...histograms }, harness);
      outcomes.get(subject)!.push(outcome);
    }
  }

  const all = [...outcomes.values()].flat();
  const [echoLatency, winnowLatency] = [echo, winnow].map((subject) => summarize(subject, outcomes.get(subject)!));
  return {
    rateAchieved: Math.round(all.reduce((sum, { rate }) => sum + rate, 0) / all.length),
    generatorLatenessMs: latenciesOf(histograms.lateness),
    brokerAcknowledgementMs: latenciesOf(histograms.acknowledgement),
    echo: echoLatency!,
    winnow: winnowLatency!,
    winnowLessEchoMs: latencyDifference(winnowLatency!.latencyMs, echoLatency!.latencyMs),
    harnessCpuMicrosecondsPerEvent: perEvent(all, ({ harnessCpuMs }) => harnessCpuMs),
  };
}

function summarize({ ledger }: Subject, outcomes: readonly PhaseOutcome[]): ProcessorLatency {
  const total = newHistogram();
  for (const { latency } of outcomes) total.add(latency);
  const { sent, received, missing, duplicates, unknown } = ledger;
  return {
    sent,
    received,
    missing,
    duplicates,
    unknown,
    latencyMs: latenciesOf(total),
    latencyMsByRound: outcomes.map(({ latency }) => latenciesOf(latency)),
    cpuMicrosecondsPerEvent: perEvent(outcomes, ({ cpuMs }) => cpuMs),
  };
}

function perEvent(outcomes: readonly PhaseOutcome[], cpuMsOf: (outcome: PhaseOutcome) => number | null): number | null {
  let cpuMs = 0;
  let events = 0;
  for (const outcome of outcomes) {
    cpuMs += cpuMsOf(outcome) ?? Number.NaN;
    events += outcome.events;
  }
  return Number.isNaN(cpuMs) ? null : Math.round((cpuMs * 10_000) / events) / 10;
}
