import { rename, writeFile } from 'node:fs/promises';
import { createLogger } from '../adapters/log/logger.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { orThrow, loadBundleOrChampion } from '../app/versions.ts';
import { FailureError } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { inputsOf } from '../domain/topics.ts';
import { calibrate, eventFile, type Calibration, type EventSource } from '../evaluation/calibrate.ts';
import type { ServedModel } from '../scoring/served-model.ts';
import { describeLeftOut } from './left-out.ts';
import { loadConfigOf } from './load-config.ts';
import { offlineSettings } from './offline-settings.ts';
import { formatCount } from './style.ts';

/** The options of `winnow calibrate`. */
export interface CalibrateCommandOptions {
  readonly out: string;
  readonly budget: number;
  /** Unless given, the champion that ships. */
  readonly bundle?: string;
  /** Bundles whose scores are described beside it. */
  readonly also?: readonly string[];
  readonly withoutScores?: true;
  readonly config?: string;
  readonly fromKafka?: true;
  /** Milliseconds of the past that are read from Kafka. */
  readonly last: number;
}

/** Events between two signs of life. */
const progressEvery = 100_000;

/** Calibrates, writes the norms and tells what they come to. Throws `FailureError`. */
export async function runCalibrate(files: readonly string[], options: CalibrateCommandOptions): Promise<void> {
  const models: ServedModel[] = [];
  try {
    for (const bundle of bundlesOf(options)) models.push(orThrow(await loadBundleOrChampion(bundle)));
    const calibration = orThrow(
      await calibrate({
        events: options.fromKafka === true ? [await kafkaSource(options.config, options.last)] : files.map(eventFile),
        models,
        budget: options.budget,
        reference: offlineSettings(options.config),
        onProgress: progressTo(process.stderr),
      }),
    );
    await write(options.out, calibration.bytes);
    process.stdout.write(describe(calibration, options.out));
  } finally {
    for (const model of models) await model.retire();
  }
}

/**
 * The topics of events and of labels, as `winnow run` reads them. Nothing is committed, and no group is joined. Throws `FailureError`.
 * @param last milliseconds of the past, by the timestamps of records.
 */
export async function kafkaSource(config: string | undefined, last: number): Promise<EventSource> {
  const { kafka, log } = loadConfigOf(config, process.env, ['kafka.brokers']);
  const topics = inputsOf(kafka.topics);
  const name = topics.join(' and ');
  const logger = createLogger(log.level === 'info' ? 'warn' : log.level, systemClock, 'stderr');
  const { TopicRange } = await import('../adapters/kafka/topic-range.ts');
  const range = await TopicRange.open({
    settings: kafka,
    log: (level, message, fields) => logger[level](message, fields),
    clock: systemClock,
    topics,
    fromMs: systemClock.nowMs() - last,
    recordsMax: limits.batchRecordsMax,
  });
  process.stderr.write(`${formatCount(range.recordsMax)} records of ${name} ...\n`);
  return { name, read: () => range.read() };
}

/** Folders of the bundles whose scores are described; undefined for the champion that ships. */
function bundlesOf({ bundle, also = [], withoutScores }: CalibrateCommandOptions): readonly (string | undefined)[] {
  return withoutScores === true ? [] : [bundle, ...also];
}

/** By a rename, so that a processor that watches the file never reads half of it. */
async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(`${path}.new`, bytes);
    await rename(`${path}.new`, path);
  } catch (error) {
    const message = `${path}: ${(error as Error).message}.`;
    throw new FailureError({ code: 'OUTPUT_UNWRITABLE', message, path }, { cause: error });
  }
}

function progressTo(stream: NodeJS.WriteStream) {
  let told = 0;
  return ({ events, pass, passes }: { events: number; pass: number; passes: number }): void => {
    if (Math.floor(events / progressEvery) === told) return;
    told = Math.floor(events / progressEvery);
    const which = passes === 1 ? '' : ` (reading ${pass} of ${passes})`;
    if (told > 0) stream.write(`${formatCount(events)} events${which} ...\n`);
  };
}

/** For a person. */
function describe({ norms, bytes, leftOut, warnings }: Calibration, out: string): string {
  const { version, events, accounts, window, budget, types, scores, sample } = norms;
  const lines = [
    `Norms ${version}: ${formatCount(events)} events of ${formatCount(accounts)} accounts, ${dayOf(window.fromMs)} to ${dayOf(window.toMs)}.`,
    ...Object.entries(types).map(([type, each]) => `  ${type.padEnd(24)} ${formatCount(each.events).padStart(12)}`),
    ...scores.map(({ model, block }) =>
      block === null
        ? `The score of ${model} alone blocks nobody.`
        : `The score of ${model} alone blocks from ${block}: at most ${budget} of a day's accounts (or from the policy's threshold, where that is stricter).`,
    ),
    `With them go features of ${formatCount(sample?.days.length ?? 0)} accounts: new bundles are held against them.`,
    describeLeftOut(leftOut),
    ...warnings.map((warning) => `Warning: ${warning}`),
    `Wrote ${out} (${formatCount(Math.ceil(bytes.length / 1024))} KiB).`,
  ];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
