import { openCsvMatrix } from '../adapters/file/csv-matrix.ts';
import type { Label } from '../adapters/file/labels.ts';
import { refuseWithoutEvents } from '../adapters/file/records.ts';
import { openParquetMatrix } from '../adapters/parquet/matrix.ts';
import type { ReferenceOptions } from '../adapters/reference/load.ts';
import { isScored, type AccountEvent, type UnreadableMember } from '../domain/event.ts';
import type { FailureCode } from '../domain/failure.ts';
import { catalogue, catalogueVersion, definitionHashes } from '../features/catalogue.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { featureCount } from '../features/extract.ts';
import type { Norms } from '../features/norms/norms.ts';
import type { Reference } from '../features/reference.ts';
import type { FeatureStore, MatrixHeader, MatrixRow, MatrixSink, RecordBatch } from '../ports.ts';
import { ModelInputs } from '../scoring/model-inputs.ts';
import type { EventSource } from './calibrate.ts';
import { featureBatches } from './feature-batches.ts';
import { Places } from './places.ts';
import { writeSmallFile } from './queue/files.ts';
import { offlineHasher, offlineReference, offlineStore } from './offline.ts';

/** What a training matrix of this catalogue says of itself. @param ranked features that it holds as ranks. */
export function matrixHeader(winnowVersion: string, ranked: ReadonlySet<string> = new Set()): MatrixHeader {
  return {
    catalogueVersion,
    winnowVersion,
    features: catalogue.map(({ name, group }, column) => ({
      name,
      group,
      definition: definitionHashes[column]!,
      form: ranked.has(name) ? 'rank' : 'value',
    })),
  };
}

export interface MatrixReport {
  readonly rows: number;
  /** Lines that have no row and moved nobody's history, since they are no valid event or their time is out of bounds. */
  readonly leftOut: Readonly<Partial<Record<FailureCode, number>>>;
  /** Lines that are an event. */
  readonly events: number;
  /** Events of which a member said nothing that can be read. */
  readonly unreadable: Readonly<Partial<Record<UnreadableMember, number>>>;
  /** Labels of accounts that the stream does not have: their ids may be written otherwise. */
  readonly unusedLabels: number;
}

/** Which of the scored events have a row. Whichever do, history is that of all events. */
export interface RowChoice {
  /**
   * All, or those of labelled accounts alone, each as it was when the account could have been judged: none after its own label, which the
   * stream or the labels tell the time of.
   */
  readonly of: 'all' | 'judgeable';
  /** Times of the events, milliseconds since the epoch: from the one on, and before the other. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export const allRows: RowChoice = { of: 'all', fromMs: -Infinity, untilMs: Infinity };

/**
 * Writes the training matrix: one row per scored event, from the very steps of the pipeline in the same order, so that a model
 * is trained on what it will see. Closes the sink only when all is written.
 *
 * @param inputs makes the rows, all columns in order, of features as they are: as where a model takes some as ranks.
 * @param places takes where the accounts of the rows say that they are.
 */
export async function writeMatrix(
  batches: AsyncIterable<RecordBatch>,
  labels: ReadonlyMap<string, Label>,
  store: FeatureStore,
  hasher: EntityKeyHasher,
  reference: Reference,
  sink: MatrixSink,
  inputs: ModelInputs | null = null,
  choice: RowChoice = allRows,
  places: Places | null = null,
): Promise<MatrixReport> {
  const judged = new Set<string>();
  const leftOut: Partial<Record<FailureCode, number>> = {};
  const unreadable: Partial<Record<UnreadableMember, number>> = {};
  const used = new Set<string>();
  let rows = 0;
  let events = 0;
  for await (const batch of featureBatches(batches, store, hasher, reference)) {
    for (const code of batch.leftOut) leftOut[code] = (leftOut[code] ?? 0) + 1;
    events += batch.facts.length;
    for (const facts of batch.facts)
      for (const member of facts.unreadable) unreadable[member] = (unreadable[member] ?? 0) + 1;
    const values = inputs === null ? batch.features : inputs.pick(batch.features, 0, batch.facts.length);
    for (const [row, facts] of batch.facts.entries()) {
      const { event } = facts;
      if (event.type === 'account.labelled') judged.add(event.subject);
      if (!isScored(event.type)) continue;
      const known = labels.get(event.subject);
      if (known !== undefined) used.add(event.subject);
      if (!isChosen(choice, event) || (choice.of === 'judgeable' && !isJudgeable(event, known, judged))) continue;
      places?.add(facts);
      await sink.write(
        {
          accountId: event.subject,
          eventId: event.id,
          type: event.type,
          timeMs: event.timeMs,
          label: known?.label ?? null,
          segment: known?.segment || null,
        },
        values.subarray(row * featureCount, (row + 1) * featureCount),
      );
      rows++;
    }
  }
  await sink.close();
  return { rows, leftOut, events, unreadable, unusedLabels: labels.size - used.size };
}

function isChosen({ fromMs, untilMs }: RowChoice, { timeMs }: AccountEvent): boolean {
  return fromMs <= timeMs && timeMs < untilMs;
}

function isJudgeable(
  { subject, timeMs }: AccountEvent,
  label: Label | undefined,
  judged: ReadonlySet<string>,
): boolean {
  return label !== undefined && !judged.has(subject) && timeMs <= (label.labelledMs ?? Infinity);
}

/**
 * Reads a stream, and writes its matrix to a file. Throws `FailureError`, `INPUT_UNREADABLE` also when no line is an event.
 */
export async function writeMatrixFile(files: {
  readonly events: EventSource;
  readonly labels: ReadonlyMap<string, Label>;
  /** Unless given, all. */
  readonly rows?: RowChoice;
  /** By its ending CSV or, for `.parquet`, Parquet; `-` for CSV on standard output. */
  readonly out: string;
  /** Of Winnow, as in package.json. */
  readonly winnowVersion: string;
  /** Makes ranks of some features; absent for values alone. */
  readonly ranks?: { readonly norms: Norms; readonly features: readonly string[] };
  /** As what serves has them: what an address says depends on them. */
  readonly reference?: ReferenceOptions;
  /** Where to write country and language of the rows' accounts; absent for nowhere. */
  readonly places?: string;
}): Promise<MatrixReport> {
  const open = files.out.endsWith('.parquet') ? openParquetMatrix : openCsvMatrix;
  const ranked = new Set(files.ranks?.features);
  const sink = new SinkWhenUsed(() => open(files.out, matrixHeader(files.winnowVersion, ranked)));
  const { reference } = await offlineReference(files.reference);
  const inputs = files.ranks === undefined ? null : rankedInputs(files.ranks.norms, ranked);
  const places = files.places === undefined ? null : new Places();
  const summary = await writeMatrix(
    files.events.read(),
    files.labels,
    offlineStore(),
    offlineHasher(),
    reference,
    sink,
    inputs,
    files.rows,
    places,
  );
  if (summary.events === 0) refuseWithoutEvents(files.events.name, summed(summary.leftOut));
  await sink.finish();
  if (places !== null) await writeSmallFile(files.places!, places.csv());
  return summary;
}

/** Opened by the first row, or in the end: a stream without an event leaves no matrix behind, nor does it take the place of an earlier one. */
class SinkWhenUsed implements MatrixSink {
  readonly #open: () => Promise<MatrixSink>;
  #sink: MatrixSink | null = null;

  constructor(open: () => Promise<MatrixSink>) {
    this.#open = open;
  }

  async write(row: MatrixRow, features: Float32Array): Promise<void> {
    this.#sink ??= await this.#open();
    await this.#sink.write(row, features);
  }

  async close(): Promise<void> {
    await this.#sink?.close();
  }

  /** Writes the matrix also where it has no row. */
  async finish(): Promise<void> {
    if (this.#sink === null) await (await this.#open()).close();
  }
}

/** The whole catalogue, some of it as ranks: by what makes the rows of a model that takes them. */
export function rankedInputs(norms: Norms, ranked: ReadonlySet<string>): ModelInputs {
  const columns = Int32Array.from(catalogue.keys());
  const rankedColumns = columns.filter((column) => ranked.has(catalogue[column]!.name));
  return new ModelInputs(columns, rankedColumns, norms);
}

function summed(counts: MatrixReport['leftOut']): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
