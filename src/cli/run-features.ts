import { InvalidArgumentError } from 'commander';
import { standardStream } from '../adapters/file/records.ts';
import { loadNormsFile, orThrow } from '../app/versions.ts';
import { FailureError } from '../domain/failure.ts';
import { eventFile } from '../evaluation/calibrate.ts';
import { allRows, writeMatrixFile } from '../evaluation/matrix.ts';
import { labelsOf } from './labels-apart.ts';
import { describeLeftOut, describeUnreadable, describeUnusedLabels } from './left-out.ts';
import { offlineSettings } from './offline-settings.ts';
import { kafkaSource } from './run-calibrate.ts';
import { formatCounted } from './style.ts';

/** The options of `winnow features`. */
export interface FeaturesCommandOptions {
  readonly fromKafka?: true;
  /** Milliseconds of the past that are read from Kafka. */
  readonly last: number;
  readonly labels?: string;
  readonly labelsOfEvents?: true;
  readonly labelled?: true;
  /** Milliseconds since the epoch. */
  readonly from?: number;
  readonly until?: number;
  readonly norms?: string;
  readonly ranks?: readonly string[];
  readonly config?: string;
  readonly out: string;
}

/** Writes the matrix, and tells what it has. Throws `FailureError`. */
export async function runFeatures(
  file: string | undefined,
  options: FeaturesCommandOptions,
  winnowVersion: string,
): Promise<void> {
  const { norms, ranks = [] } = options;
  if (norms === undefined && ranks.length > 0) throw new InvalidArgumentError('--ranks takes --norms.');
  if (file === standardStream && options.labelsOfEvents === true) refuseOnce(file);
  const events = file === undefined ? await kafkaSource(options.config, options.last) : eventFile(file, 0);
  const { rows, leftOut, unreadable, unusedLabels } = await writeMatrixFile({
    events,
    out: options.out,
    winnowVersion,
    labels: await labelsOf([options.labels ?? []].flat(), options.labelsOfEvents === true ? events : null),
    rows: {
      of: options.labelled === true ? 'judgeable' : 'all',
      fromMs: options.from ?? allRows.fromMs,
      untilMs: options.until ?? allRows.untilMs,
    },
    reference: offlineSettings(options.config),
    ...(norms === undefined ? {} : { ranks: { norms: orThrow(await loadNormsFile(norms)), features: ranks } }),
  });
  const told = [
    `Wrote ${formatCounted(rows, 'row')}.`,
    describeLeftOut(leftOut),
    describeUnreadable(unreadable),
    describeUnusedLabels(unusedLabels),
  ];
  process.stderr.write(`${told.filter((line) => line !== '').join('\n')}\n`);
}

function refuseOnce(path: string): never {
  const message = '--labels-of-events reads the events twice: give a file, or --from-kafka.';
  throw new FailureError({ code: 'INPUT_UNREADABLE', message, path });
}
