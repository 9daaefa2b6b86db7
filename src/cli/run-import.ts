import { createLogger } from '../adapters/log/logger.ts';
import { LogTelemetry } from '../adapters/log/telemetry.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import { loadReference } from '../adapters/reference/load.ts';
import { openHistory, type History } from '../app/worker/history.ts';
import { filesMax, importFiles, type ImportReport } from '../app/import-files.ts';
import { referenceOptions } from '../app/machine/reference-options.ts';
import { defaultPolicyFile, loadPolicyFile, orThrow } from '../app/versions.ts';
import type { Config } from '../config/schema.ts';
import { FailureError, type Failure } from '../domain/failure.ts';
import { EntityKeyHasher } from '../features/entity-key.ts';
import { combineTelemetry, silentTelemetry } from '../telemetry.ts';
import { describeLeftOut } from './left-out.ts';
import { loadConfigOf } from './load-config.ts';
import { formatCount } from './style.ts';

/** The options of `winnow import`. */
export interface ImportCommandOptions {
  readonly config?: string;
  /** Milliseconds since the epoch. */
  readonly before?: number;
  readonly json?: true;
}

/** Imports files into the history that the settings name, and tells what came of it. Throws `FailureError`. */
export async function runImport(files: readonly string[], options: ImportCommandOptions): Promise<void> {
  const config = loadConfigOf(options.config, process.env, ['state.keySecret']);
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
    const history = orThrow(await openHistory(config, { hasher, logger, clock, telemetry }));
    // One that was refused at the start is told and set aside: that is another matter.
    unwritten = null;
    const report = await closing(history, () =>
      importFiles({
        files,
        history,
        hasher,
        reference,
        clock,
        disorderMsMax: config.import.disorderMsMax,
        policy,
        beforeMs: options.before ?? Infinity,
      }),
    );
    if (unwritten !== null) throw new FailureError(unwritten);
    const summary = { ...report, entities: history.store.size(), evicted: evictionsOf(history) };
    process.stdout.write(options.json === true ? `${JSON.stringify(summary, null, 2)}\n` : describe(summary));
  } finally {
    log.close();
  }
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
function describe(summary: ImportReport & { readonly entities: number; readonly evicted: number }): string {
  const { added, standing, addedBefore, duplicates, later, outside, leftOut, entities, evicted } = summary;
  const lines: readonly (readonly [count: number, sentence: string])[] = [
    [standing, 'are labels whose word holds from now on.'],
    [addedBefore, 'of these files had been imported before.'],
    [duplicates, 'are of an account that has them already.'],
    [later, 'left out, since they happened at the time of --before or later.'],
    [outside, 'left out, since history has no room for their time.'],
  ];
  const told = lines.flatMap(([count, sentence]) => (count === 0 ? [] : [`  ${formatCount(count)} ${sentence}`]));
  const gone = `${formatCount(evicted)} entities had to go for want of memory: raise state.memoryBytesMax, and import into a new history.`;
  return [
    `Added ${formatCount(added)} events: history has ${formatCount(entities)} entities.`,
    ...told,
    ...(evicted === 0 ? [] : [gone]),
    describeLeftOut(leftOut),
  ]
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}
