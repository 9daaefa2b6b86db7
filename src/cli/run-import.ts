import type { TopicsOptions } from '../adapters/kafka/topics.ts';
import { createLogger, type Logger } from '../adapters/log/logger.ts';
import { LogTelemetry } from '../adapters/log/telemetry.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import { loadReference } from '../adapters/reference/load.ts';
import { openHistory, type History } from '../app/worker/history.ts';
import type { ImportReport } from '../app/import-batch.ts';
import { filesMax, importFiles } from '../app/import-files.ts';
import { importTopics, type TopicsReport } from '../app/import-topics.ts';
import { labelsGone } from '../app/labels-gone.ts';
import { referenceOptions } from '../app/machine/reference-options.ts';
import { defaultPolicyFile, loadPolicyFile, orThrow } from '../app/versions.ts';
import type { Config } from '../config/schema.ts';
import { FailureError, type Failure } from '../domain/failure.ts';
import { EntityKeyHasher } from '../features/entity-key.ts';
import { combineTelemetry, silentTelemetry } from '../telemetry.ts';
import { describeLeftOut } from './left-out.ts';
import { loadConfigOf } from './load-config.ts';
import { formatCount, formatCounted } from './style.ts';

/** The options of `winnow import`. */
export interface ImportCommandOptions {
  readonly config?: string;
  /** From the topics, instead of files. */
  readonly fromKafka?: true;
  /** Milliseconds since the epoch. */
  readonly before?: number;
  readonly json?: true;
}

/** Imports files, or topics, into the history that the settings name, and tells what came of it. Throws `FailureError`. */
export async function runImport(files: readonly string[], options: ImportCommandOptions): Promise<void> {
  const { fromKafka = false } = options;
  const config = loadConfigOf(options.config, process.env, [
    'state.keySecret',
    ...(fromKafka ? (['kafka.brokers'] as const) : []),
  ]);
  refuseWithoutHistory(config);
  const policy = orThrow(await loadPolicyFile(config.policy.file ?? defaultPolicyFile));
  if (files.length > filesMax) throw new FailureError(tooMany(files.length));
  const logger = createLogger(config.log.level, clock, 'stderr');
  let unwritten: Failure | null = null;
  const log = new LogTelemetry(logger, clock);
  const telemetry = combineTelemetry(log, {
    ...silentTelemetry,
    snapshotFailed: (failure) => (unwritten = failure),
    snapshotWritten: () => (unwritten = null),
  });
  const hasher = new EntityKeyHasher(Buffer.from(config.state.keySecret!.reveal(), 'hex'));
  const { reference, missing } = await loadReference(referenceOptions(config.reference));
  for (const { part, cause } of missing) logger.error('Reference data are missing.', { part, cause });
  try {
    const history = orThrow(await openHistory(config, { hasher, logger, clock, telemetry, isNext: fromKafka }));
    // One that was refused at the start is told and set aside: that is another matter.
    unwritten = null;
    const into = { history, hasher, reference, clock, policy };
    const { disorderMsMax } = config.import;
    const beforeMs = options.before ?? Infinity;
    const report = await closing(history, () =>
      fromKafka
        ? importTopics(kafkaOf(config, logger), { ...into, topics: config.kafka.topics, events: config.events })
        : importFiles({ ...into, files, disorderMsMax, beforeMs }),
    );
    if (unwritten !== null) throw new FailureError(unwritten);
    if (fromKafka) await warnOfLabelsGone(config, logger);
    const summary = { ...report, entities: history.store.size(), evicted: evictionsOf(history) };
    process.stdout.write(options.json === true ? `${JSON.stringify(summary, null, 2)}\n` : describe(summary));
  } finally {
    log.close();
  }
}

function kafkaOf({ kafka }: Config, logger: Logger): TopicsOptions {
  return { settings: kafka, clock, log: (level, message, fields) => logger[level](message, fields) };
}

/** Before it serves, there is time to ask again. */
async function warnOfLabelsGone(config: Config, logger: Logger): Promise<void> {
  const gone = await labelsGone(kafkaOf(config, logger), config.kafka.topics);
  if (gone === undefined) return;
  logger.warn(
    'Labels are kept for a shorter time than events or decisions: who was forgotten before may be known again.',
    {
      labelsSince: dated(gone.labelsSinceMs),
      othersSince: dated(gone.othersSinceMs),
      remedy:
        'Before this history serves, write the requests to be forgotten (account.erasure_requested) of before anew; keep the labels topic for as long as the others.',
    },
  );
}

function dated(ms: number): string {
  return ms === Infinity ? 'none is left' : new Date(ms).toISOString();
}

/** What was imported until a failure is kept: the next import goes on from there. */
async function closing<T>(history: History, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await history.store.close();
  }
}

function refuseWithoutHistory({ state }: Config): void {
  if (state.store === 'valkey' || state.snapshotFile !== undefined) return;
  const message = 'there is no history to fill: name its file, or set state.store to valkey.';
  throw new FailureError({ code: 'CONFIG_INVALID', message, path: 'state.snapshotFile' });
}

function tooMany(count: number): Failure {
  return { code: 'INPUT_UNREADABLE', message: `${count} files at a time; at most ${filesMax}: join them.` };
}

function evictionsOf(history: History): number {
  const kinds = history.reading?.().kinds ?? [];
  return kinds.flatMap(({ evictions }) => evictions).reduce((sum, { count }) => sum + count, 0);
}

/** For a person. */
function describe(
  summary: (ImportReport | TopicsReport) & { readonly entities: number; readonly evicted: number },
): string {
  const { added, standing, addedBefore, duplicates, later, outside, leftOut, entities, evicted } = summary;
  const { stood, unread } = 'stood' in summary ? summary : { stood: 0, unread: 0 };
  const lines: readonly (readonly [count: number, sentence: string])[] = [
    [standing, 'are labels whose word holds from now on.'],
    [stood, 'decisions beside them say what stands.'],
    [unread, 'decisions cannot be read by this version: what they say does not stand.'],
    [addedBefore, 'of these had been imported before.'],
    [duplicates, 'are of an account that has them already.'],
    [later, 'left out, since they happened at the time of --before or later.'],
    [outside, 'left out, since history has no room for their time.'],
  ];
  const told = lines.flatMap(([count, sentence]) => (count === 0 ? [] : [`  ${formatCount(count)} ${sentence}`]));
  const gone = `${formatCount(evicted)} entities had to go for want of memory: raise state.memoryBytesMax, and import into a new history.`;
  return [
    `Added ${formatCounted(added, 'event')}: history has ${formatCounted(entities, 'entity', 'entities')}.`,
    ...told,
    ...(evicted === 0 ? [] : [gone]),
    describeLeftOut(leftOut),
  ]
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}
