import type { KafkaMessage } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainProducer } from './clients.ts';
import { CpuMeter } from './cpu.ts';
import { sendPhase, type GeneratorOptions } from './generator.ts';
import { latencyDifference, latenciesOf, newHistogram, type Latencies } from './latencies.ts';
import { dueMs, Ledger, type Phase } from './ledger.ts';
import { eventsOf, type LatencyOptions } from './options.ts';
import type { Processor } from './processors.ts';
import { startReader } from './reader.ts';
import type { Session } from './session.ts';
import { makeEvents, type LoadEvent } from './stream.ts';
import { nowMs } from './time.ts';

/** What one processor did with the load. */
export interface ProcessorLatency {
  readonly sent: number;
  readonly received: number;
  /** Events without an output: anything but 0 is a failure. */
  readonly missing: number;
  readonly duplicates: number;
  /** From the instant at which an event was due until its output was read; null when nothing came. */
  readonly latencyMs: Latencies | null;
  readonly latencyMsByRound: readonly (Latencies | null)[];
  /** CPU time of its process over the measured parts, an event; null where the system does not tell. */
  readonly cpuMicrosecondsPerEvent: number | null;
}

export interface LatencyResult {
  readonly kind: 'latency';
  readonly options: LatencyOptions;
  /** Events per second that were sent in the measured parts. */
  readonly rateAchieved: number;
  /** From when an event was due until the generator sent it. Part of all latencies. */
  readonly generatorLatenessMs: Latencies | null;
  /** From the send until the broker had acknowledged. Reading can begin before that. */
  readonly brokerAcknowledgementMs: Latencies | null;
  readonly echo: ProcessorLatency;
  readonly winnow: ProcessorLatency;
  readonly winnowLessEchoMs: Latencies | null;
  /** CPU time of generator, readers and histograms, an event. */
  readonly harnessCpuMicrosecondsPerEvent: number | null;
}

/** Milliseconds after the last send for which outputs are awaited; what comes later is missing. */
const drainMsMax = 30_000;
/** So that the first event is not late before it can be sent. */
const leadMs = 20;

/** Which event caused an output: the echo writes the event itself, Winnow a decision. */
const causeOf = {
  echo: (output: unknown) => (output as { id: string }).id,
  winnow: (output: unknown) => (output as { data: { trigger: { event_id: string } } }).data.trigger.event_id,
} as const;

/** Both processors run all the time and take turns: while one is measured, the other has nothing to do. */
export async function measureLatency(options: LatencyOptions, session: Session): Promise<LatencyResult> {
  session.say(`Making ${eventsOf(options)} events.`);
  const events = makeEvents({ count: eventsOf(options), seed: options.seed, endMs: Date.now() });
  const subjects = [await Subject.start('echo', events, options, session), await Subject.start('winnow', events, options, session)];
  const [echo, winnow] = subjects as [Subject, Subject];
  const generated = { lateness: newHistogram(), acknowledgement: newHistogram() };
  const unmeasured = { lateness: newHistogram(), acknowledgement: newHistogram() };
  const harness = new CpuMeter(process.pid);
  const producer = plainProducer(session.settings('generator'));
  session.onClose(() => producer.disconnect());
  await producer.connect();

  for (const subject of subjects) {
    session.say(`Warming up ${subject.name} for ${options.warmUpSeconds} s.`);
    await subject.run({ seconds: options.warmUpSeconds, settleSeconds: 0 }, { producer, events, ...unmeasured });
  }
  for (const subject of subjects) subject.forgetRounds();
  const seconds = options.seconds / options.rounds;
  for (let round = 0; round < options.rounds; round += 1) {
    // Now one first, now the other: a machine that gets slower or faster treats both alike.
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      session.say(`Round ${round + 1} of ${options.rounds}: ${subject.name} for ${seconds.toFixed(1)} s.`);
      await subject.run({ seconds, settleSeconds: options.settleSeconds }, { producer, events, ...generated });
    }
  }
  return {
    kind: 'latency',
    options,
    rateAchieved: Math.round(mean([...echo.rates, ...winnow.rates]) * 10) / 10,
    generatorLatenessMs: latenciesOf(generated.lateness),
    brokerAcknowledgementMs: latenciesOf(generated.acknowledgement),
    echo: echo.result(),
    winnow: winnow.result(),
    winnowLessEchoMs: latencyDifference(echo.result().latencyMs, winnow.result().latencyMs),
    harnessCpuMicrosecondsPerEvent: 0,
  };
}
