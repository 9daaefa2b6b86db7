import { catalogueVersion, featureNames } from '../features/catalogue.ts';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { extractFeatures, featureCount } from '../features/extract.ts';
import { Observer } from '../features/observe.ts';
import type { FeatureStore, RecordBatch } from '../ports.ts';
import { isLabelEvent } from '../domain/event.ts';
import { decodeBatch } from '../steps/decode-batch.ts';
import { observeBatch } from '../steps/observe-batch.ts';

/** Who an account really is, for training. */
export interface TrainingLabel {
  readonly label: string;
  readonly segment: string;
}

/** The first lines of a matrix: the catalogue that its columns come from, and their names. */
export const matrixHeader: readonly string[] = [
  `# catalogue_version=${catalogueVersion}`,
  ['account_id', 'event_id', 'event_type', 'time_ms', 'label', 'segment', ...featureNames].join(','),
];

/**
 * Writes the training matrix: one line of CSV per scored event, from the very steps of the pipeline in the same order, so
 * that a model is trained on what it will see. A missing value is an empty field. Answers the number of rows.
 *
 * Numbers are the shortest text that reads back as the same double, and so as the same float32.
 */
export async function writeMatrix(
  batches: AsyncIterable<RecordBatch>,
  labels: ReadonlyMap<string, TrainingLabel>,
  store: FeatureStore,
  hasher: EntityKeyHasher,
  write: (...lines: readonly string[]) => Promise<void>,
): Promise<number> {
  const observer = new Observer(hasher);
  let rows = 0;
  await write(...matrixHeader);
  for await (const batch of batches) {
    const decoded = decodeBatch(batch, 0, 'event');
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
