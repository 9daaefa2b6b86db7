import { listen, type Answers, type Health, type HttpListener } from '../../adapters/http/listener.ts';
import { silentMsMax } from '../../adapters/kafka/consumer.ts';
import { createLogger, type Logger } from '../../adapters/log/logger.ts';
import { LogTelemetry } from '../../adapters/log/telemetry.ts';
import { contentType } from '../../adapters/prometheus/exposition.ts';
import type { UnansweredRule } from '../../adapters/prometheus/metrics.ts';
import { PrometheusTelemetry } from '../../adapters/prometheus/telemetry.ts';
import { loadReference } from '../../adapters/reference/load.ts';
import { exposedSettings } from '../../config/exposures.ts';
import type { Config } from '../../config/schema.ts';
import type { Reference } from '../../features/reference.ts';
import { HoldBoard } from '../../holds.ts';
import { Lifecycle } from '../../lifecycle.ts';
import type { Clock, Holds } from '../../ports.ts';
import { combineTelemetry, type HistoryReading, type Telemetry } from '../../telemetry.ts';
import { orThrow } from '../versions.ts';
import { referenceOptions } from './reference-options.ts';
import type { SupervisorLink } from './supervisor-link.ts';

/** What metrics ask of those who work here, at each scrape. */
export interface Readings {
  /** Entities in history. */
  readonly storeEntities: () => number;
  /** What history takes and forgets, where it is in this process. */
  readonly history: () => HistoryReading | undefined;
  readonly unansweredRules: () => readonly UnansweredRule[];
  /** Sentences about those who are ready, though not quite as they were meant to be. */
  readonly notes: () => readonly string[];
}

/** What a host has once, however many work on it: what is told and to whom, reference data, the listener, the life of it all. */
export interface Machine {
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly holds: Holds;
  readonly lifecycle: Lifecycle;
  readonly reference: Reference;
  /** Whether part of the reference data could not be loaded. */
  readonly isReferencePartial: boolean;
  /** Answers probes and Prometheus from now on: at a listener of its own, or through the supervisor. Throws `FailureError`. */
  listen(): Promise<void>;
  closeListener(): Promise<void>;
  /** Tells what has not been told yet. */
  close(): void;
}

export interface MachineOptions {
  readonly config: Config;
  /** Of Winnow, as in package.json. */
  readonly version: string;
  readonly clock: Clock;
  /** Asked once the listener is open. */
  readonly readings: Readings;
  /** Who answers for this process, and for others beside it; absent where it answers for itself. */
  readonly supervisor?: SupervisorLink;
}

export async function openMachine({ config, version, clock, readings, supervisor }: MachineOptions): Promise<Machine> {
  const logger = createLogger(config.log.level, clock, 'stdout', supervisor && { worker: supervisor.worker });
  for (const { path, warning } of exposedSettings(config))
    logger.warn('A setting opens something that is better closed.', { setting: path, warning });
  if (config.events.decideFrom !== undefined)
    logger.info('What happened, and was written, before this time fills history and is not decided.', {
      decideFrom: config.events.decideFrom,
    });
  const { reference, missing } = await loadReference(referenceOptions(config.reference));
  for (const { part, cause } of missing)
    logger.error('Reference data are missing; decisions say so and do not block on the score.', { part, cause });

  const logTelemetry = new LogTelemetry(logger, clock);
  const metrics = new PrometheusTelemetry({ version, ready: () => lifecycle.isReady(), ...readings });
  const telemetry = combineTelemetry(metrics, logTelemetry);
  const holds: HoldBoard = new HoldBoard(clock, telemetry, () => lifecycle.holdsChanged());
  const lifecycle = new Lifecycle({
    clock,
    telemetry,
    holds,
    readyHeldMsMax: config.store.holdMs,
    silentMsMax: silentMsMax(config.kafka),
    deadlineMs: config.shutdown.deadlineMs,
  });
  const { host, port } = config.http;
  let listener: HttpListener | undefined;
  const answers: Required<Answers> = {
    started: () => health(lifecycle.hasStarted, `The processor is ${lifecycle.state}.`),
    live: () => health(lifecycle.isLive(), 'The loop does not turn.'),
    ready: () => health(lifecycle.isReady(), `The processor is ${lifecycle.state}.`, readings.notes()),
    metrics: async () => ({ contentType, text: await metrics.text() }),
    drain: async () =>
      health(await lifecycle.drain(), `The processor is ${lifecycle.state}: there is nothing to drain.`),
  };

  return {
    logger,
    telemetry,
    holds,
    lifecycle,
    reference,
    isReferencePartial: missing.length > 0,
    listen: async () => {
      if (supervisor !== undefined) {
        supervisor.answer({ ...answers, samples: () => metrics.samples() });
        return;
      }
      const answerFailed = (error: unknown): void => logger.error('A probe could not be answered.', { error });
      const keySecret = config.state.keySecret!.reveal();
      listener = orThrow(await listen({ host, port, keySecret, ...answers, answerFailed }));
      logger.info('Listening for probes and Prometheus.', { host, port: listener.port });
    },
    closeListener: async () => listener?.close(),
    close: () => logTelemetry.close(),
  };
}

function health(ok: boolean, reason: string, notes: readonly string[] = []): Health {
  return { ok, reasons: ok ? notes : [reason, ...notes] };
}
