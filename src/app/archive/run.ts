import { listen, type HttpListener } from '../../adapters/http/listener.ts';
import { TopicOutput } from '../../adapters/kafka/topic-output.ts';
import { checkRights } from '../../adapters/kafka/rights.ts';
import { checkTopics } from '../../adapters/kafka/topics.ts';
import type { KafkaLogger } from '../../adapters/kafka/settings.ts';
import { createLogger, type Logger } from '../../adapters/log/logger.ts';
import { LogTelemetry } from '../../adapters/log/telemetry.ts';
import { ArchiveMetrics } from '../../adapters/prometheus/archive-metrics.ts';
import { contentType } from '../../adapters/prometheus/exposition.ts';
import { systemClock as clock } from '../../adapters/system/clock.ts';
import type { Archive } from '../../archive/archive.ts';
import { archivedRoles } from '../../archive/read-record.ts';
import { exposedSettings } from '../../config/exposures.ts';
import type { Config } from '../../config/schema.ts';
import { describeFailure, FailureError } from '../../domain/failure.ts';
import { HoldBoard } from '../../holds.ts';
import { Lifecycle, type Ending } from '../../lifecycle.ts';
import { defaultPolicyFile, bundlesOf, loadDeployment } from '../versions.ts';
import { join } from 'node:path';
import { readRegistryState } from '../worker/registry.ts';
import { Archivist } from './archivist.ts';
import { confirmErasures } from './confirm.ts';
import { keepDocuments } from './documents.ts';
import { openArchive } from './open.ts';
import { Rounds } from './rounds.ts';

/** Milliseconds between two looks at what is due by the clock: holds that end, retention, erasures that were not told of. */
const roundMs = 10_000;
/** Until all topics were looked at, and for who has just started. */
const firstRoundMs = 2_000;
/** A turn waits half a second for a broker, and a transaction writes a thousand records. */
const silentMsMax = 60_000;
const readyHeldMsMax = 30_000;

export interface RunArchiveOptions {
  readonly config: Config;
  /** Of Winnow, as in package.json. */
  readonly version: string;
}

/**
 * The archive on Kafka: one process that takes what the topics bring, until a signal or a failure ends it. Returns how it ended. Throws
 * `FailureError` when a part refuses to start.
 */
export async function runArchive({ config, version }: RunArchiveOptions): Promise<Ending> {
  const logger = createLogger(config.log.level, clock, 'stdout');
  for (const { path, warning } of exposedSettings(config))
    logger.warn('A setting opens something that is better closed.', { setting: path, warning });
  const telemetry = new LogTelemetry(logger, clock);
  const holds: HoldBoard = new HoldBoard(clock, telemetry, () => lifecycle.holdsChanged());
  const { deadlineMs } = config.shutdown;
  const lifecycle = new Lifecycle({ clock, telemetry, holds, readyHeldMsMax, silentMsMax, deadlineMs });
  const metrics = new ArchiveMetrics({
    version,
    ready: () => lifecycle.isReady(),
    lags: () => archivist.lags(),
  });
  const archive = await openArchive(config);
  const progress = lifecycle.turned;
  const archivist: Archivist = new Archivist({ config, archive, logger, metrics, clock, holds, progress });
  const log: KafkaLogger = (level, message, fields) => logger[level](message, fields);
  const kafka = { settings: config.kafka, log, clock };
  const { audit: auditTopic } = config.kafka.topics;
  const audit = auditTopic === undefined ? null : new TopicOutput({ ...kafka, holds, progress, topic: auditTopic });
  const failed = Promise.withResolvers<void>();
  const round = async (): Promise<void> => {
    metrics.swept(await archive.sweep(clock.nowMs(), archivist.isCaughtUp));
    await confirmErasures(archive, audit, logger);
    await tellDocuments(archive, config, logger);
  };
  const rounds = new Rounds({ firstMs: firstRoundMs, everyMs: roundMs, round, logger });
  let listener: HttpListener | undefined;
  process.on('SIGTERM', lifecycle.requestStop);
  process.on('SIGINT', lifecycle.requestStop);
  try {
    const ending = await lifecycle.run({
      start: async () => {
        listener = await openListener(config, lifecycle, metrics, logger);
        await mustHaveTopics(config, kafka);
        await audit?.open();
        await archivist.start((error) => failed.reject(error));
        rounds.start((error) => failed.reject(error));
        logger.info('The archive follows its topics.', { topics: [...archivist.lags().keys()] });
      },
      finished: () => failed.promise,
      stop: [
        { name: 'finish what is in hand', run: () => archivist.stop() },
        { name: 'end the rounds', run: () => rounds.stop() },
        { name: 'close the topic of confirmations', run: async () => audit?.close() },
        { name: 'close the archive', run: () => archive.close() },
        { name: 'close the listener', run: async () => listener?.close() },
      ],
    });
    describeEnding(ending, logger);
    return ending;
  } finally {
    telemetry.close();
  }
}

async function openListener(
  config: Config,
  lifecycle: Lifecycle,
  metrics: ArchiveMetrics,
  logger: Logger,
): Promise<HttpListener> {
  const { host, port } = config.http;
  const opened = await listen({
    host,
    port,
    started: () => ({ ok: lifecycle.hasStarted, reasons: lifecycle.hasStarted ? [] : ['It has not started yet.'] }),
    live: () => ({ ok: lifecycle.isLive(), reasons: lifecycle.isLive() ? [] : ['The loop does not turn.'] }),
    ready: () => ({ ok: lifecycle.isReady(), reasons: lifecycle.isReady() ? [] : [`It is ${lifecycle.state}.`] }),
    metrics: async () => ({ contentType, text: await metrics.text() }),
    answerFailed: (error) => logger.error('A probe could not be answered.', { error }),
  });
  if (!opened.ok) throw new FailureError(opened.failure);
  logger.info('Listening for probes and Prometheus.', { host, port: opened.value.port });
  return opened.value;
}

async function mustHaveTopics({ kafka }: Config, options: Parameters<typeof checkTopics>[1]): Promise<void> {
  const { topics } = kafka;
  const names = [...archivedRoles.map((role) => topics[role]), topics.audit].filter((name) => name !== undefined);
  const needs = names.map((topic) => ({
    topic,
    operation: topic === topics.audit ? ('Write' as const) : ('Read' as const),
  }));
  for (const check of [() => checkRights(needs, undefined, options), () => checkTopics(names, options)]) {
    const checked = await check();
    if (!checked.ok) throw new FailureError(checked.failure);
  }
}

/** Those of the settings: where the archive runs beside what decides. What is elsewhere is added by `winnow archive add`. */
async function tellDocuments(archive: Archive, { policy, norms, model }: Config, logger: Logger): Promise<void> {
  const byFile = await loadDeployment(model.deploymentFile);
  const byRegistry = await readRegistryState(model.directory);
  const deployments = [...(byFile.ok ? [byFile.value] : []), ...(byRegistry === null ? [] : [byRegistry.deployment])];
  const bundles = deployments.flatMap(bundlesOf).map(({ name, version }) => join(model.directory, name, version));
  const unread = await keepDocuments(archive, {
    policyFile: policy.file ?? defaultPolicyFile,
    normsFile: norms.file,
    bundles,
  });
  if (unread.length > 0) logger.debug('Documents that decisions name could not be read here.', { paths: unread });
}

function describeEnding({ exitCode, error, unfinished }: Ending, logger: Logger): void {
  if (exitCode === 0) return logger.info('Stopped: everything in hand is kept.');
  const reason =
    error instanceof FailureError ? { failure: describeFailure(error.failure) } : error === undefined ? {} : { error };
  return logger.error('Stopped before everything was finished; what was not kept is read again.', {
    ...reason,
    ...(unfinished === undefined ? {} : { unfinished }),
  });
}
