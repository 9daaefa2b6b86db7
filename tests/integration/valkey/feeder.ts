import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { handle, streamOf, valkeySettings } from './support.ts';

/**
 * A process that handles a stream from an offset on and writes each offset behind which it is done: `node feeder.ts JSON`. To be
 * killed.
 */
interface Task {
  readonly nodes: readonly string[];
  readonly keyPrefix: string;
  readonly seed: number;
  readonly count: number;
  readonly from: number;
  readonly batchSize: number;
}

const task = JSON.parse(process.argv[2]!) as Task;
const events = streamOf(task.seed, task.count);
const store = new ValkeyFeatureStore(valkeySettings(task.nodes, { keyPrefix: task.keyPrefix }), () => undefined);
for (let from = task.from; from < events.length; from += task.batchSize) {
  const part = events.slice(from, from + task.batchSize);
  await handle(store, part);
  process.stdout.write(`${part.at(-1)!.offset + 1}\n`);
}
await store.close();
