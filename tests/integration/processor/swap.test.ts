import { describe, expect, it } from 'vitest';
import { expectOneFateEach, inOrder, outcomeOf } from './support/fates.ts';
import { annotated, damaged, Models, type Edit } from './support/models.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { simulated } from './support/stream.ts';

const perSecond = 1_000;
const second = '2026.12.4-again';

const loads = async (processor: Processor, result: 'loaded' | 'refused'): Promise<number> =>
  (await processor.metrics()).sum('winnow_model_loads_total', { result });

describe('a deployment that is replaced under load', () => {
  it('takes the new model between two batches: no event lost, none scored twice, each decision names its model', async (context) => {
    const models = await Models.copy();
    await models.add(second, { files: { 'model.onnx': annotated } });
    const scene = await Scene.create(context);
    const load = scene.load(simulated(18, 20_000), perSecond);
    const processor = await scene.run(models.variables).ready();

    const { version } = models.champion;
    const deployed = [version, second, version, second];
    for (const [index, next] of deployed.entries()) {
      if (index > 0) await models.deploy(next);
      await processor.until(async () => (await loads(processor, 'loaded')) === index + 1, `${next} is loaded`);
      await processor.decideSome();
    }
    await load.stop();
    await scene.drained(processor);

    const outcome = await outcomeOf(scene);
    expect(expectOneFateEach(outcome)).toBe(0);
    const versions = inOrder(outcome.decisions, ({ model }) => model.version);
    expect(versions.size).toBe((await scene.ends()).size);
    for (const [, inPartition] of versions) expect(inPartition).toEqual(deployed);
    const hashes = Map.groupBy(outcome.decisions, ({ decision }) => decision.data.model.version);
    expect([...hashes.keys()].toSorted()).toEqual([version, second]);
    for (const [, own] of hashes) expect(new Set(own.map(({ decision }) => decision.data.model.sha256)).size).toBe(1);
  });

  it('is refused, with the reason in the log and in the metrics, when its bundle fails a check; the champion stays', async (context) => {
    const models = await Models.copy();
    const scene = await Scene.create(context);
    const load = scene.load(simulated(19, 20_000), perSecond);
    const processor = await scene.run(models.variables).ready();
    await processor.decideSome();

    for (const [index, { version, edit }] of broken.entries()) {
      if (edit !== null) await models.add(version, edit);
      await models.deploy(version);
      await processor.until(async () => (await loads(processor, 'refused')) === index + 1, `${version} is refused`);
      await processor.decideSome();
    }
    await load.stop();
    await scene.drained(processor);

    const refusals = processor.log.filter(({ message }) => message.startsWith('A model bundle was refused'));
    expect(refusals.map(({ code }) => code)).toEqual(broken.map(({ code }) => code));
    for (const [index, { path, problem }] of refusals.entries())
      expect(`${String(path)}: ${String(problem)}`).toContain(broken[index]!.version);
    const outcome = await outcomeOf(scene);
    expect(expectOneFateEach(outcome)).toBe(0);
    expect(new Set(outcome.decisions.map(({ decision }) => decision.data.model.version))).toEqual(
      new Set([models.champion.version]),
    );
    expect((await processor.metrics()).labels('winnow_model_info')).toMatchObject([models.champion]);
  });
});

/** A golden row that asks for another probability than the model gives. */
function wrongExpectation(golden: Buffer): Buffer {
  const [first = '', ...others] = golden.toString().split('\n');
  const row = JSON.parse(first) as { probability: number };
  return Buffer.from([JSON.stringify({ ...row, probability: 1 - row.probability }), ...others].join('\n'));
}

const broken: readonly { version: string; code: string; edit: Edit | null }[] = [
  { version: 'flipped-bit', code: 'BUNDLE_HASH', edit: { files: { 'model.onnx': damaged }, stale: true } },
  { version: 'wrong-golden-row', code: 'BUNDLE_GOLDEN', edit: { files: { 'golden.jsonl': wrongExpectation } } },
  {
    version: 'unknown-feature',
    code: 'BUNDLE_FEATURES',
    edit: { manifest: (manifest) => ({ ...manifest, features: manifest.features.with(0, 'shoe_size') }) },
  },
  {
    version: 'no-such-graph',
    code: 'BUNDLE_SHAPE',
    edit: { files: { 'model.onnx': () => Buffer.from('not a model') } },
  },
  { version: 'not-there', code: 'BUNDLE_UNREADABLE', edit: null },
];
