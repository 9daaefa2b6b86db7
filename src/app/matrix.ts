import { isLabelEvent } from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { readLabels, type Label } from '../adapters/file/labels.ts';
import { LineWriter } from '../adapters/file/line-writer.ts';
import { readRecords } from '../adapters/file/records.ts';
import { catalogueVersion, featureNames } from '../features/catalogue.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { extractFeatures, featureCount } from '../features/extract.ts';
import { Observer } from '../features/observe.ts';
import type { FeatureStore, RecordBatch } from '../ports.ts';
import { decodeBatch } from '../steps/decode-batch.ts';
import { observeBatch } from '../steps/observe-batch.ts';
import { offlineHasher, offlineStore, offlineTopic } from './offline.ts';

/** The first lines of a matrix: the catalogue that its columns come from, and their names. */
export const matrixHeader: readonly string[] = [
  `# catalogue_version=${catalogueVersion}`,
  ['account_id', 'event_id', 'type', 'time_ms', 'label', 'segment', ...featureNames].join(','),
];

/**
 * Writes the training matrix: one line of CSV per scored event, from the very steps of the pipeline in the same order, so
 * that a model is trained on what it will see. A missing value is an empty field. Answers the number of rows.
 *
 * Numbers are the shortest text that reads back as the same double, and so as the same float32.
 */
export async function writeMatrix(
  batches: AsyncIterable<RecordBatch>,
  labels: ReadonlyMap<string, Label>,
  store: FeatureStore,
  hasher: EntityKeyHasher,
  write: (...lines: readonly string[]) => Promise<void>,
): Promise<number> {
  const observer = new Observer(hasher);
  let rows = 0;
  await write(...matrixHeader);
  for await (const batch of batches) {
    const decoded = decodeBatch(batch, Date.now(), Infinity);
    const snapshots = await store.observe(observeBatch(observer, batch, decoded));
    const features = new Float32Array(decoded.facts.length * featureCount);
    extractFeatures(decoded.facts, snapshots.values, features);
    for (const [row, { event }] of decoded.facts.entries()) {
      if (isLabelEvent(event.type)) continue;
      const known = labels.get(event.subject);
      let line = `${field(event.subject)},${field(event.id)},${event.type},${event.timeMs},${known?.label ?? ''},${field(known?.segment ?? '')}`;
      for (let column = row * featureCount; column < (row + 1) * featureCount; column++) {
        const value = features[column]!;
        line += Number.isNaN(value) ? ',' : `,${value}`;
      }
      await write(line);
      rows++;
    }
  }
  return rows;
}

/** Quotes a field that would not be one otherwise (RFC 4180). */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Reads a stream and its labels from files, and writes the matrix to one. Answers the number of rows. */
export async function writeMatrixFile(files: {
  readonly events: string;
  readonly labels?: string;
  readonly out: string;
}): Promise<number> {
  const labels = files.labels === undefined ? new Map<string, Label>() : await readLabels(files.labels);
  const out = new LineWriter(files.out);
  const batches = readRecords({
    path: files.events,
    topic: offlineTopic,
    recordsMax: limits.batchRecordsMax,
    nowMs: Date.now,
  });
  const rows = await writeMatrix(batches, labels, offlineStore(), offlineHasher(), (...lines) => out.write(...lines));
  await out.close();
  return rows;
}
