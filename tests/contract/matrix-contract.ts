import { beforeAll, describe, expect, it } from 'vitest';
import { openCsvMatrix } from '../../src/adapters/file/csv-matrix.ts';
import { openParquetMatrix } from '../../src/adapters/parquet/matrix.ts';
import { loadReference } from '../../src/adapters/reference/load.ts';
import { matrixHeader, rankedInputs, writeMatrix } from '../../src/evaluation/matrix.ts';
import { eventTypes, isLabelEvent } from '../../src/domain/event.ts';
import { catalogue, definitionHashes, featureNames } from '../../src/features/catalogue.ts';
import { EntityKeyHasher } from '../../src/features/entity-key.ts';
import { featureCount } from '../../src/features/extract.ts';
import { describeDistribution } from '../../src/features/norms/distribution.ts';
import { rankable } from '../../src/features/norms/forms.ts';
import type { Norms } from '../../src/features/norms/norms.ts';
import type { Reference } from '../../src/features/reference.ts';
import type { FeatureStore, RecordBatch } from '../../src/ports.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { batchesOf, recordOf, scoreOfRow, startMs, World, type WorldOptions } from '../pipeline/world.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { readMatrix } from './matrix-files.ts';

/** A stream with judgements of people, events that were sent twice, and what is no event, in it. */
const values = Array.from(simulate({ seed: 5, accounts: 150, startMs, days: 4, reviews: true }).events(), ({ json }) =>
  Buffer.from(json),
)
  .slice(0, 900)
  .flatMap((value, index) => {
    if (index % 50 === 7) return [value, Buffer.from('{')];
    return index % 50 === 9 ? [value, value] : [value];
  });
const records = values.map((value, offset) => recordOf(value, offset));

/** An explanation, so that reasons are not found by scoring rows with features left out. */
function explainRow(): number[] {
  return new Array<number>(featureCount).fill(0);
}

/** What the pipeline gave its model, a row an event that is scored. */
async function fedRows(
  reference: Reference,
  history: FeatureStore,
  ranks?: WorldOptions['ranks'],
): Promise<Float32Array[]> {
  const model = { scoreRow: scoreOfRow, explainRow };
  const world = new World({ model, reference, history, ...(ranks === undefined ? {} : { ranks }) });
  await world.takeAll(batchesOf(records, [64]));
  const typeColumn = featureNames.indexOf('event_type');
  return world.model.scored
    .flatMap(({ features, rows }) =>
      Array.from({ length: rows }, (_, row) => features.slice(row * featureCount, (row + 1) * featureCount)),
    )
    .filter((row) => !isLabelEvent(eventTypes[row[typeColumn]!]!));
}

/** Norms of the whole stream, for all types together. */
function normsOf(rows: readonly Float32Array[]): Norms {
  const distributions = catalogue.map((_, column) =>
    describeDistribution(Float32Array.from(rows, (row) => row[column]!)),
  );
  const { length: events } = rows;
  return {
    version: '1',
    sha256: '0'.repeat(64),
    window: { fromMs: startMs, toMs: startMs },
    events,
    accounts: 150,
    budget: 0.005,
    features: catalogue.map(({ name }, column) => ({ name, definition: definitionHashes[column]! })),
    types: {},
    all: { events, sampledEvents: events, sampledAccounts: 150, distributions },
    scores: [],
  };
}

/** Training sees what serving sees: what must hold whatever store keeps the history. `newStore` answers an empty one. */
export function matrixContract(name: string, newStore: () => Promise<FeatureStore>): void {
  describe(`the training matrix over ${name}`, () => {
    const pathOf = temporaryFolder();
    let reference: Reference;
    let fed: readonly Float32Array[];

    beforeAll(async () => {
      ({ reference } = await loadReference());
      const history = await newStore();
      fed = await fedRows(reference, history);
      await history.close();
    });

    async function writtenRows(
      ending: 'csv' | 'parquet',
      batches: readonly RecordBatch[],
      norms?: Norms,
    ): Promise<readonly Float32Array[]> {
      const path = pathOf(`matrix.${ending}`);
      const open = ending === 'csv' ? openCsvMatrix : openParquetMatrix;
      const store = await newStore();
      await writeMatrix(
        (async function* () {
          yield* batches;
        })(),
        new Map(),
        store,
        new EntityKeyHasher(Buffer.from('0123456789abcdef')),
        reference,
        await open(path, matrixHeader('1.2.3')),
        norms === undefined ? null : rankedInputs(norms, new Set(rankable)),
      );
      await store.close();
      return (await readMatrix(path)).features;
    }

    it('has a stream that gives every group of features its say', () => {
      expect(fed.length).toBeGreaterThan(800);
      const known = featureNames.filter((_, column) => fed.some((row) => !Number.isNaN(row[column])));
      expect(known.length).toBeGreaterThan(0.9 * featureCount);
    });

    it.each(['csv', 'parquet'] as const)('is bit for bit what the pipeline feeds its model (%s)', async (ending) => {
      expect(await writtenRows(ending, batchesOf(records, [100]))).toEqual(fed);
    });

    it.each(['csv', 'parquet'] as const)('holds the ranks that a model takes, bit for bit (%s)', async (ending) => {
      const norms = normsOf(fed);
      const columns = Int32Array.from(rankable, (feature) => featureNames.indexOf(feature));
      const history = await newStore();
      const ranks = await fedRows(reference, history, { columns, norms });
      await history.close();
      expect(await writtenRows(ending, batchesOf(records, [100]), norms)).toEqual(ranks);
      expect(ranks).not.toEqual(fed);
    });

    it('does not depend on how the stream is cut into batches', async () => {
      expect(await writtenRows('parquet', batchesOf(records, [3, 200, 17]))).toEqual(fed);
    });
  });
}
