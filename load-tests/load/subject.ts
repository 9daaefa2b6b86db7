import { setTimeout as sleep } from 'node:timers/promises';
import type { Histogram } from 'hdr-histogram-js';
import type { Producer } from 'kafkajs';
import type { CpuMeter } from './cpu.ts';
import { sendPhase, type GeneratorOptions } from './generator.ts';
import { newHistogram } from './latencies.ts';
import { dueMs, Ledger, type Phase } from './ledger.ts';
import type { Processor, ProcessorOptions } from './processors.ts';
import { startReader } from './reader.ts';
import type { Session } from './session.ts';
import type { LoadEvent } from './stream.ts';
import { nowMs } from './time.ts';

/** One stretch of load on one processor, as it was measured. */
export interface PhaseOutcome {
  readonly latency: Histogram;
  readonly events: number;
  /** Events per second that were sent. */
  readonly rate: number;
  /** From the first measured event to the last output; null where the system does not tell. */
  readonly cpuMs: number | null;
  readonly harnessCpuMs: number | null;
}

/** Where the events come from, and where it is noted how they were sent. */
export interface Generator extends Omit<GeneratorOptions, 'send'> {
  readonly producer: Producer;
}

export interface PhasePlan {
  /** Events per second. */
  readonly rate: number;
  /** Events that are sent first, and not measured. */
  readonly settleEvents: number;
  readonly measuredEvents: number;
}

/** Milliseconds after the last send for which outputs are awaited. */
const drainMsMax = 30_000;
const drainPollMs = 20;
/** So that the first event is not late before it can be sent. */
const leadMs = 20;

/** Which event caused an output: the echo writes the event itself, Winnow a decision. */
const causeOf: Readonly<Record<ProcessorOptions['program'], (output: never) => string>> = {
  echo: ({ id }: { readonly id: string }) => id,
  winnow: ({ data }: { readonly data: { readonly trigger: { readonly event_id: string } } }) => data.trigger.event_id,
};

/** A processor, its topics, and whoever reads what it writes. */
export class Subject {
  readonly name: ProcessorOptions['program'];
  readonly ledger: Ledger;
  readonly topic: string;
  readonly #processor: Processor;

  /** Resolves once the processor and the reader have their partitions. Both end with the session. */
  static async start(
    program: ProcessorOptions['program'],
    events: readonly LoadEvent[],
    partitions: number,
    session: Session,
  ): Promise<Subject> {
    const wiring = session.wiring(program, 'all');
    const { decisions, deadLetters } = wiring;
    await session.createTopics({ [wiring.events]: partitions, [decisions]: partitions, [deadLetters]: 1 });
    const ledger = new Ledger(new Map(events.map(({ id }, index) => [id, index])));
    const reader = await startReader(session.settings(`${program}-reader`), decisions, (records, atMs) => {
      for (const { value } of records) ledger.receive(causeOf[program](JSON.parse(value!.toString()) as never), atMs);
    });
    session.onClose(() => reader.stop());
    return new Subject(program, wiring.events, ledger, await session.startProcessor(program, wiring));
  }

  private constructor(name: ProcessorOptions['program'], topic: string, ledger: Ledger, processor: Processor) {
    this.name = name;
    this.topic = topic;
    this.ledger = ledger;
    this.#processor = processor;
  }

  /** Sends the next events of the stream and waits for their outputs. */
  async run(plan: PhasePlan, { producer, ...generator }: Generator, harness: CpuMeter): Promise<PhaseOutcome> {
    const measuredFrom = this.ledger.sent + plan.settleEvents;
    const phase: Phase = {
      from: this.ledger.sent,
      measuredFrom,
      to: measuredFrom + plan.measuredEvents,
      startMs: nowMs() + leadMs,
      rate: plan.rate,
      latency: newHistogram(),
    };
    this.ledger.open(phase);
    const { topic } = this;
    const send: GeneratorOptions['send'] = (messages) => producer.send({ topic, acks: -1, messages });
    const rate = await sendPhase(phase, { ...generator, send });
    await this.#drain();
    const [fromMs, toMs] = [dueMs(phase, measuredFrom), nowMs()];
    return {
      latency: phase.latency,
      events: plan.measuredEvents,
      rate,
      cpuMs: this.#processor.cpu.spentMs(fromMs, toMs),
      harnessCpuMs: harness.spentMs(fromMs, toMs),
    };
  }

  async #drain(): Promise<void> {
    const deadlineMs = nowMs() + drainMsMax;
    while (this.ledger.missing > 0 && nowMs() < deadlineMs) {
      this.#processor.assertAlive();
      await sleep(drainPollMs);
    }
  }
}
