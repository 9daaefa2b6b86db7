import { loadReference } from '../../src/adapters/reference/load.ts';
import { offlineHasher } from '../../src/evaluation/offline.ts';
import { readFacts } from '../../src/features/facts.ts';
import { emptyObservations, type ObservationBatch } from '../../src/features/observation.ts';
import { Observer } from '../../src/features/observe.ts';
import { entityKinds } from '../../src/features/state.ts';
import { decodeEvent } from '../../src/wire/decode-event.ts';
import { eventTexts } from './event-source.ts';
import { batchSize, topic } from './sample.ts';

/**
 * Reads or simulates events, in a process of its own so that their memory is not taken for the store's, and hands them out as batches of
 * observations, one for each message that it gets.
 */

/** What a batch comes with: how many entities of each kind there were up to its end. */
export interface FedBatch {
  readonly observations: ObservationBatch;
  readonly entities: readonly number[];
}

const [seed, accounts, file] = process.argv.slice(2);
const batches = observedBatches();

process.on('message', () => {
  const { value, done } = batches.next();
  process.send!(done === true ? null : (value satisfies FedBatch));
});

const { reference } = await loadReference();
process.send!('ready');

function* observedBatches(): Generator<FedBatch, void> {
  const encoder = new TextEncoder();
  const observer = new Observer(offlineHasher());
  const entities = entityKinds.map(() => new Set<bigint>());
  let observations = emptyObservations(topic, 0, batchSize);
  let offset = 0;
  for (const json of eventTexts({ seed: Number(seed), accounts: Number(accounts), file })) {
    const record = { offset, key: null, value: encoder.encode(json), headers: [], timestampMs: 0 };
    const decoded = decodeEvent(record);
    if (!decoded.ok) throw new Error(`the simulator wrote no event: ${decoded.failure.message}`);
    const row = offset % batchSize;
    observer.observe(readFacts(decoded.value, reference), offset++, observations, row);
    for (const [kind, known] of entities.entries()) {
      const at = (row * entityKinds.length + kind) * 2;
      const [high, low] = [observations.keys[at]!, observations.keys[at + 1]!];
      if (high !== 0 || low !== 0) known.add((BigInt(high) << 32n) | BigInt(low));
    }
    if (row < batchSize - 1) continue;
    yield { observations, entities: entities.map(({ size }) => size) };
    observations = emptyObservations(topic, 0, batchSize);
  }
}
