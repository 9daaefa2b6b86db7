import { listen, type Health, type HttpListener } from '../adapters/http/listener.ts';
import { KafkaSource, silentMsMax } from '../adapters/kafka/consumer.ts';
import { KafkaOutput } from '../adapters/kafka/producer.ts';
import { checkTopics, createTopics, topicWarnings } from '../adapters/kafka/topics.ts';
import { createLogger, type Logger } from '../adapters/log/logger.ts';
import { LogTelemetry } from '../adapters/log/telemetry.ts';
import type { UnansweredRule } from '../adapters/prometheus/metrics.ts';
import { PrometheusTelemetry } from '../adapters/prometheus/telemetry.ts';
import { loadReference } from '../adapters/reference/load.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import { exposedSettings } from '../config/exposures.ts';
import type { Config } from '../config/schema.ts';
import { actions } from '../domain/decision.ts';
import { describeFailure, FailureError } from '../domain/failure.ts';
import { EntityKeyHasher } from '../features/entity-key.ts';
import type { Reference } from '../features/reference.ts';
import { HoldBoard } from '../holds.ts';
import { Lifecycle, type Ending, type Program } from '../lifecycle.ts';
import { createPipeline } from '../pipeline.ts';
import type { Policy } from '../policy/policy.ts';
import type { Holds } from '../ports.ts';
import { ModelSlot } from '../scoring/model-slot.ts';
import { clockBounds, type Past } from '../steps/time-bounds.ts';
import { StoreGuard } from '../store-guard.ts';
import { combineTelemetry, type Telemetry } from '../telemetry.ts';
import { Farewell } from './farewell.ts';
import { dividedHistoryTelemetry, openHistory, type History } from './history.ts';
import { referenceOptions } from './reference-options.ts';
import { ChampionReloader, PolicySlot, watchFile, type Watch } from './reload.ts';
import { defaultPolicyFile, fingerprint, loadChampion, loadPolicyFile, orThrow } from './versions.ts';

/** Partitions of the topics that `--create-topics` makes. */
const partitionsCreated = 4;
/** Dead letters carry headers beside the largest event. */
const deadLetterBytesMax = 2 * 1024 * 1024;

export interface RunOptions {
  readonly config: Config;
  /** Of Winnow, as in package.json. */
  readonly version: string;
  /** Makes the topics that are missing: for development. */
  readonly createTopics: boolean;
}

/**
 * The processor on Kafka: puts the parts together, runs them until a signal or a failure ends it, and says how it ended.
 * Throws `FailureError` when a part refuses to start; then nothing was consumed.
 */
export async function run(options: RunOptions): Promise<Ending> {
  const { config } = options;
  const logger = createLogger(config.log.level, clock, 'stdout');
  for (const { path, warning } of exposedSettings(config))
    logger.warn('A setting opens something that is better closed.', { setting: path, warning });
  if (config.events.decideFrom !== undefined)
    logger.info('What happened, and was written, before this time fills history and is not decided.', {
      decideFrom: config.events.decideFrom,
    });
  const policyFile = config.policy.file ?? defaultPolicyFile;
  const known = { policy: await fingerprint(policyFile), deployment: await fingerprint(config.model.deploymentFile) };
  const policy = new PolicySlot(orThrow(await loadPolicyFile(policyFile)));
  const champion = orThrow(await loadChampion(config.model.directory, config.model.deploymentFile));

  const { reference, missing } = await loadReference(referenceOptions(config.reference));
  for (const { part, cause } of missing)
    logger.error('Reference data are missing; decisions say so and do not block on the score.', { part, cause });

  const logTelemetry = new LogTelemetry(logger, clock);
  const metrics = new PrometheusTelemetry({
    version: options.version,
    ready: () => lifecycle.isReady(),
    storeEntities: () => history.store.size(),
    history: () => history.reading?.(),
    unansweredRules: () => unansweredRules(policy.current),
  });
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
  const hasher = new EntityKeyHasher(Buffer.from(config.state.keySecret!.reveal(), 'hex'));
  const history = orThrow(await openHistory(config, { hasher, logger, clock, telemetry }));
  const farewell = new Farewell();
  farewell.add(() => history.store.close());
  try {
    const model = new ModelSlot(champion, { ...config.model, clock, telemetry });
    farewell.add(() => model.close());
    telemetry.modelLoaded(champion.reference.name, champion.reference.version, champion.reference.sha256);
    telemetry.policyLoaded(policy.current.version, policy.current.sha256, policy.current.rules.length);

    const watching = new AbortController();
    const champions = new ChampionReloader(model, telemetry);
    const { directory, deploymentFile } = config.model;
    const watches: readonly Watch[] = [
      {
        file: policyFile,
        known: known.policy,
        pollMs: config.policy.pollMs,
        reload: () => policy.reload(policyFile, telemetry),
      },
      {
        file: deploymentFile,
        known: known.deployment,
        pollMs: config.model.pollMs,
        reload: () => champions.reload(directory, deploymentFile),
      },
    ];
    const watchers = watches.map((watch) => watchFile(watch, watching.signal));
    farewell.add(async () => {
      watching.abort();
      await Promise.all(watchers);
    });
    const program = kafkaProgram({
      ...options,
      logger,
      telemetry,
      holds,
      lifecycle,
      metrics,
      hasher,
      history,
      model,
      policy,
      reference,
      isReferencePartial: missing.length > 0,
    });
    process.on('SIGTERM', lifecycle.requestStop);
    process.on('SIGINT', lifecycle.requestStop);
    const ending = await lifecycle.run(program);
    describeEnding(ending, lifecycle.hasStarted, logger);
    return ending;
  } finally {
    await farewell.say();
    logTelemetry.close();
  }
}

interface Parts extends RunOptions {
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly holds: Holds;
  readonly lifecycle: Lifecycle;
  readonly metrics: PrometheusTelemetry;
  readonly hasher: EntityKeyHasher;
  readonly history: History;
  readonly model: ModelSlot;
  readonly policy: PolicySlot;
  readonly reference: Reference;
  readonly isReferencePartial: boolean;
}

/** The parts that start and stop in an order: listener, output, source. */
function kafkaProgram(parts: Parts): Program {
  const { config, logger, holds, lifecycle, history, model, policy } = parts;
  const telemetry = history.isShared
    ? parts.telemetry
    : combineTelemetry(parts.telemetry, dividedHistoryTelemetry(logger));
  const { kafka } = config;
  const log = (
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ): void => logger[level](message, fields);
  const shared = { settings: kafka, log, clock, telemetry, holds, progress: lifecycle.turned };
  const output = new KafkaOutput(shared);
  const guard = new StoreGuard(history.store, { ...config.store, clock, holds });
  const pipeline = createPipeline({
    reference: parts.reference,
    isReferencePartial: parts.isReferencePartial,
    hasher: parts.hasher,
    labelsTopic: kafka.topics.labels,
    store: guard,
    model,
    policy: () => policy.current,
    output,
    emit: config.decisions.emit.length === actions.length ? 'all' : new Set(config.decisions.emit),
    timeBounds: clockBounds(() => clock.nowMs(), config.events.behindMsMax, pastOf(config.events)),
    dating: 'clock',
    clock,
    telemetry,
  });
  const assigned = Promise.withResolvers<void>();
  const source = new KafkaSource({
    ...shared,
    topics: inputsOf(kafka.topics),
    recordsMax: config.batch.recordsMax,
    handler: async (batch, signal) => void (await history.handle(() => pipeline(batch, signal))),
    ...(history.source === undefined ? {} : { history: history.source }),
    forgetOffsets: (topic, partition) => guard.forgetOffsets(topic, partition),
    onAssigned: () => {
      guard.reassigned();
      assigned.resolve();
    },
  });
  let listener: HttpListener | undefined;

  return {
    start: async () => {
      listener = orThrow(await listen(listenerOptions(parts)));
      logger.info('Listening for probes and Prometheus.', { host: config.http.host, port: listener.port });
      await prepareTopics(parts, log);
      await output.open();
      source.open();
      await Promise.race([assigned.promise, source.finished]);
    },
    finished: () => source.finished,
    stop: [
      { name: 'finish and commit what is in flight', run: () => source.drain() },
      { name: 'flush', run: () => output.flush() },
      { name: 'leave the group', run: () => source.close() },
      { name: 'disconnect', run: () => output.close() },
      { name: 'close the history', run: () => history.store.close() },
      { name: 'close the listener', run: async () => listener?.close() },
    ],
  };
}

/** What the settings say is past. */
function pastOf({ decideFrom, pastMsMax }: Config['events']): Past | undefined {
  return decideFrom === undefined ? undefined : { untilMs: Date.parse(decideFrom), behindMsMax: pastMsMax };
}

async function prepareTopics({ config, ...parts }: Parts, log: KafkaLog): Promise<void> {
  const { topics } = config.kafka;
  const options = { settings: config.kafka, log, clock };
  if (parts.createTopics) {
    const names = [...inputsOf(topics), topics.decisions, topics.deadLetters];
    orThrow(
      await createTopics(
        names.map((topic) => ({
          topic,
          partitions: partitionsCreated,
          ...(topic === topics.deadLetters ? { messageBytesMax: deadLetterBytesMax } : {}),
        })),
        options,
      ),
    );
  }
  orThrow(await checkTopics([...inputsOf(topics), topics.decisions, topics.deadLetters], options));
  for (const warning of await topicWarnings(options)) log('warn', warning, {});
}

/** What is read: events and, where it is named, what people say of accounts. */
function inputsOf({ events, labels }: Config['kafka']['topics']): readonly string[] {
  return labels === undefined ? [events] : [events, labels];
}

type KafkaLog = Parameters<typeof checkTopics>[1]['log'];

function listenerOptions({ config, lifecycle, metrics, logger }: Parts): Parameters<typeof listen>[0] {
  return {
    host: config.http.host,
    port: config.http.port,
    live: () => health(lifecycle.isLive(), 'The loop does not turn.'),
    ready: () => health(lifecycle.isReady(), `The processor is ${lifecycle.state}.`),
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
    answerFailed: (error) => logger.error('A probe could not be answered.', { error }),
  };
}

function unansweredRules({ rules }: Policy): readonly UnansweredRule[] {
  return rules.flatMap(({ id: rule, counts: { absentMembers, errors } }) => [
    { rule, cause: 'absent', count: absentMembers },
    { rule, cause: 'error', count: errors },
  ]);
}

function describeEnding({ exitCode, error, unfinished }: Ending, hasStarted: boolean, logger: Logger): void {
  if (exitCode === 0) {
    logger.info('Stopped: everything in flight is finished and committed.');
    return;
  }
  const reason =
    error instanceof FailureError ? { failure: describeFailure(error.failure) } : error === undefined ? {} : { error };
  const sentence = hasStarted
    ? 'Stopped before everything was finished; what is not committed comes again.'
    : 'It did not start; nothing was consumed.';
  logger.error(sentence, {
    ...reason,
    ...(unfinished === undefined ? {} : { unfinished }),
  });
}

function health(ok: boolean, reason: string): Health {
  return { ok, reasons: ok ? [] : [reason] };
}
