import { inNewPlace } from '../../../../src/adapters/embedded/retention.ts';
import { layoutOf } from '../../../../src/adapters/embedded/snapshot-format.ts';
import { readSnapshot } from '../../../../src/adapters/embedded/snapshot-reader.ts';
import { EmbeddedFeatureStore } from '../../../../src/adapters/embedded/store.ts';
import { EntityKeyHasher } from '../../../../src/features/entity-key.ts';
import { secretCheckOf } from '../../../../src/features/secret-check.ts';
import { entityKinds } from '../../../../src/features/state.ts';
import type { Field } from '../../../../src/history/record.ts';
import { heldBy } from './histories.ts';

/** What a snapshot holds, as `stateByEntity`. */
export async function stateInSnapshot(path: string, keySecret: string): Promise<ReadonlyMap<string, string>> {
  const store = new EmbeddedFeatureStore({ memoryBytesMax: 512 * 1024 * 1024 });
  const keyCheck = secretCheckOf(new EntityKeyHasher(Buffer.from(keySecret, 'hex')));
  await readSnapshot(path, { layout: layoutOf(store.layout()), keyCheck }, store);
  return stateByEntity(store);
}

/**
 * All that a store holds, a line for each field of an entity, so that a difference says what it is of. Left out is the place of an entity in
 * the queue of those that go next, and whether it was touched since it took it: what a batch settles takes its place at the end of the
 * batch, and where batches end differs between lives of a process.
 */
export function stateByEntity(store: EmbeddedFeatureStore): ReadonlyMap<string, string> {
  const layout = store.layout();
  const { state, records } = heldBy(store);
  return new Map([
    ...records.map((record) => described(Buffer.from(record, 'hex'), layout)),
    ['state', JSON.stringify({ ...state, placements: null })] as const,
  ]);
}

const keyField = 'key high, key low';
const wordBytes = 4;
/** Records are whole numbers of so many bytes. */
const alignedBytes = 8;

/** @param record its kind, what a table saves of it (the fields from its key on), and its distinct counters. */
function described(record: Buffer, layout: readonly (readonly Field[])[]): readonly [string, string] {
  const kind = record.readUint32LE(0);
  const fields = layout[kind]!;
  const keyStart = fields.find(({ name }) => name === keyField)!.startByte;
  const bytesOf = ({ startByte, count, size }: Field): Buffer => {
    const from = wordBytes + startByte - keyStart;
    return record.subarray(from, from + count * size);
  };
  const valueOf = (field: Field): string => {
    const bytes = bytesOf(field);
    return field.name === 'seen' ? String(inNewPlace(bytes.readUint32LE(0))) : bytes.toString('hex');
  };
  const saved = fields.filter(({ name, startByte }) => startByte > keyStart && name !== 'placed');
  const { startByte, count, size } = fields.at(-1)!;
  const end = Math.ceil((startByte + count * size) / alignedBytes) * alignedBytes;
  const key = bytesOf(fields.find(({ name }) => name === keyField)!).toString('hex');
  return [
    `${entityKinds[kind] ?? 'kept standing'} ${key}`,
    [
      ...saved.map((field) => `${field.name}: ${valueOf(field)}`),
      `distinct: ${record.subarray(wordBytes + end - keyStart).toString('hex')}`,
    ].join('\n'),
  ];
}
