import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultPolicyFile } from '../../../src/app/versions.ts';
import { expectOneFateEach, inOrder, outcomeOf } from './support/fates.ts';
import { replaceFile, temporaryDirectory } from './support/files.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { simulated } from './support/stream.ts';

const perSecond = 1_000;
const shipped = await readFile(defaultPolicyFile, 'utf8');
const version = /^version: '(.+)'$/m.exec(shipped)?.[1];
const next = shipped.replace(`version: '${version}'`, "version: 'next'").replace('challenge: 0.80', 'challenge: 0.40');
const faulty: readonly { name: string; document: string }[] = [
  { name: 'an unknown feature', document: shipped.replace('device_networks_24h >= 6', 'shoe_size >= 6') },
  { name: 'a threshold below a weaker one', document: shipped.replace('block: 0.97', 'block: 0.10') },
  { name: 'no YAML', document: 'version: [' },
];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const loads = async (processor: Processor, result: 'loaded' | 'refused'): Promise<number> =>
  (await processor.metrics()).sum('winnow_policy_loads_total', { result });

describe('a policy document that is replaced while events come in', () => {
  it('is in force from one batch to the next, and each decision names it', async (context) => {
    const file = join(await temporaryDirectory(), 'policy.yaml');
    await replaceFile(file, shipped);
    const scene = await Scene.create(context);
    const load = scene.load(simulated(20, 20_000), perSecond);
    const processor = await scene.run({ WINNOW_POLICY_FILE: file }).ready();
    await processor.decideSome();

    await replaceFile(file, next);
    await processor.until(async () => (await loads(processor, 'loaded')) === 2, 'the new policy is loaded');
    await processor.decideSome();
    await load.stop();
    await scene.drained(processor);

    const outcome = await outcomeOf(scene);
    expect(expectOneFateEach(outcome)).toBe(0);
    const said = [shipped, next].map((document, index) => `${index === 0 ? version : 'next'} ${sha256(document)}`);
    const versions = [...inOrder(outcome.decisions, ({ policy }) => `${policy.version} ${policy.sha256}`).values()];
    expect(versions).toContainEqual(said);
    // A partition that had nothing to say before the change knows the new one alone.
    for (const own of versions) expect([said, said.slice(1)]).toContainEqual(own);
    expect((await processor.metrics()).labels('winnow_policy_info')).toEqual([{ version: 'next' }]);
  });

  it('is refused when it has faults, with their lines in the log; the former one stays in force', async (context) => {
    const file = join(await temporaryDirectory(), 'policy.yaml');
    await replaceFile(file, shipped);
    const scene = await Scene.create(context);
    const load = scene.load(simulated(21, 20_000), perSecond);
    const processor = await scene.run({ WINNOW_POLICY_FILE: file }).ready();

    for (const [index, { name, document }] of faulty.entries()) {
      await replaceFile(file, document);
      await processor.until(async () => (await loads(processor, 'refused')) === index + 1, `${name} is refused`);
      await processor.decideSome();
    }
    await load.stop();
    await scene.drained(processor);

    const refusals = processor.log.filter(({ message }) => message.startsWith('A policy document was refused'));
    expect(refusals).toHaveLength(faulty.length);
    for (const { code, problem } of refusals) {
      expect(code).toBe('POLICY_INVALID');
      expect(String(problem)).toMatch(/policy\.yaml:\d+:\d+/);
    }
    const outcome = await outcomeOf(scene);
    expect(expectOneFateEach(outcome)).toBe(0);
    expect(new Set(outcome.decisions.map(({ decision }) => decision.data.policy.sha256))).toEqual(
      new Set([sha256(shipped)]),
    );
  });
});
