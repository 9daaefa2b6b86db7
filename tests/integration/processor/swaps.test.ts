import { expect, it } from 'vitest';
import { slopeOf } from '../../../load-tests/slope.ts';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import type { Metrics } from './support/metrics.ts';
import { annotatedBy, Models } from './support/models.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { simulated } from './support/stream.ts';

/** Few in every run; `WINNOW_TEST_SWAPS=300` is the proof, and takes half an hour or so. */
const swaps = Number(process.env['WINNOW_TEST_SWAPS'] ?? 6);
const perSecond = 100;
const mebibyte = 1024 ** 2;
/** From so many on memory is judged: before that, what a process learns about its load is more than what a swap could leave. */
const judgedFrom = 100;
/** Mebibytes that one swap may leave. A bundle of the starter's size takes more than ten. */
const leftMiBMax = 0.2;
const swapMsMax = 60_000;
const latency = 'winnow_end_to_end_latency_seconds';

it(
  `${swaps} swaps of real bundles under load lose and double nothing, and leave memory flat`,
  { timeout: (swaps + 10) * swapMsMax },
  async (context) => {
    const models = await Models.copy();
    const { version } = models.champion;
    const versions = [`${version}-b`, `${version}-c`, version];
    // Three: the one before the last is freed, and loaded anew when its turn comes. Two would only take turns in memory.
    for (const other of versions.slice(0, 2)) await models.add(other, { files: { 'model.onnx': annotatedBy(other) } });
    const scene = await Scene.create(context);
    // A small history is full early, and takes no part in how memory grows.
    const variables = { ...models.variables, WINNOW_STATE_MEMORY_BYTES_MAX: String(16 * mebibyte) };
    const processor = await scene.run(variables).ready();
    const load = scene.load(simulated(18, 40_000), perSecond);
    await processor.decideSome(perSecond);

    const memoryMiB: number[] = [];
    const [during, between] = [new Latencies(), new Latencies()];
    let before = await processor.metrics();
    for (let swap = 0; swap < swaps; swap++) {
      await models.deploy(versions[swap % versions.length]!);
      await processor.until(async () => (await loads(processor)) === swap + 2, `swap ${swap + 1} is done`);
      const swapped = await processor.metrics();
      during.add(before, swapped);
      await processor.decideSome(perSecond);
      before = await processor.metrics();
      between.add(swapped, before);
      memoryMiB.push((before.sum('process_resident_memory_bytes') - before.sum('winnow_history_bytes')) / mebibyte);
    }
    await load.stop();
    await scene.drained(processor);

    const outcome = await outcomeOf(scene);
    expect(expectOneFateEach(outcome)).toBe(0);
    expect(new Set(outcome.decisions.map(({ decision }) => decision.data.model.version))).toEqual(new Set(versions));
    const half = memoryMiB.slice(Math.floor(memoryMiB.length / 2));
    const leftMiB = slopeOf(half);
    const told = [
      `${swaps} swaps, ${outcome.events.length} events`,
      `resident memory without history: ${memoryMiB[0]!.toFixed(0)} MiB at first, ${memoryMiB.at(-1)!.toFixed(0)} in the end, ${leftMiB.toFixed(3)} a swap over the second half`,
      `end to end while a bundle was proven and swapped: p50 ${during.sayQuantile(0.5)}, p99 ${during.sayQuantile(0.99)}; between swaps: p50 ${between.sayQuantile(0.5)}, p99 ${between.sayQuantile(0.99)}`,
    ];
    process.stdout.write(`${told.join('\n')}\n`);
    if (swaps >= judgedFrom) expect(leftMiB).toBeLessThan(leftMiBMax);
  },
);

async function loads(processor: Processor): Promise<number> {
  return (await processor.metrics()).sum('winnow_model_loads_total', { result: 'loaded' });
}

/** How long records took from their writing to their decision, in the buckets of the metric. */
class Latencies {
  readonly #counts = new Map<number, number>();

  /** What came between two scrapes. */
  add(first: Metrics, last: Metrics): void {
    for (const { le } of last.labels(`${latency}_bucket`)) {
      const count = last.sum(`${latency}_bucket`, { le: le! }) - first.sum(`${latency}_bucket`, { le: le! });
      const bound = le === '+Inf' ? Infinity : Number(le);
      this.#counts.set(bound, (this.#counts.get(bound) ?? 0) + count);
    }
  }

  /** The bound of the bucket that the quantile is in. */
  sayQuantile(quantile: number): string {
    const buckets = [...this.#counts].toSorted(([first], [second]) => first - second);
    const all = buckets.at(-1)?.[1] ?? 0;
    const [bound] = buckets.find(([, count]) => count >= all * quantile) ?? [Infinity];
    return all === 0 ? 'unknown' : `at most ${bound * 1_000} ms`;
  }
}
