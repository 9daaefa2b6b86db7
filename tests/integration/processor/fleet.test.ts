import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import { replaceFile } from './support/files.ts';
import { annotated, Models } from './support/models.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { simulated } from './support/stream.ts';

const second = '2026.12.1-again';

const serves = async (processor: Processor, version: string): Promise<boolean> =>
  (await processor.metrics()).labels('winnow_model_info').some((labels) => labels['version'] === version);

const all = (members: readonly Processor[], version: string): Promise<unknown> =>
  Promise.all(members.map((member) => member.until(() => serves(member, version), `it serves ${version}`)));

it('one record swaps all members and one takes them back, and whoever was killed serves what was ordered', async (context) => {
  const models = await Models.copy();
  await models.add(second, { files: { 'model.onnx': annotated } });
  const scene = await Scene.create(context);
  const control = `${scene.names.events}-control`;
  await scene.admin.createTopics({
    topics: [{ topic: control, numPartitions: 1, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }],
  });
  // Each has a deployment file of its own, as on machines of their own.
  const variables = async (member: string): Promise<Record<string, string>> => {
    const deploymentFile = join(models.directory, `deployment-${member}.json`);
    const deployment = { schema: 'winnow.deployment/1', champion: models.champion, challengers: [], canary: null };
    await replaceFile(deploymentFile, JSON.stringify(deployment));
    return {
      ...models.variables,
      WINNOW_MODEL_DEPLOYMENT_FILE: deploymentFile,
      WINNOW_KAFKA_TOPICS_CONTROL: control,
      WINNOW_MODEL_POLL_MS: '200',
    };
  };
  const model = async (...args: string[]): Promise<string> => {
    const command = scene.command(['model', ...args], await variables('operator'));
    expect(await command.ended).toMatchObject({ code: 0 });
    return command.stdout;
  };
  const said = ['--author', 'ana', '--reason', 'a drill'];

  const load = scene.load(simulated(21, 20_000), 200);
  const first = await Promise.all([
    scene.run(await variables('one')).ready(),
    scene.run(await variables('two')).ready(),
  ]);
  await all(first, models.champion.version);
  await model('promote', `starter/${second}`, ...said);
  await all(first, second);
  await load.stop();
  await scene.drained(...first);

  await Promise.all(first.map((member) => member.end('SIGKILL')));
  const again = await Promise.all([
    scene.run(await variables('one')).ready(),
    scene.run(await variables('two')).ready(),
  ]);
  // Ready is: the order is read, and obeyed, before the first event.
  for (const member of again) expect(await serves(member, second)).toBe(true);
  expect(await model('status')).toMatch(/said +on the control topic, by ana: a drill/);
  await model('rollback', ...said);
  await all(again, models.champion.version);
  await model('withdraw');

  const outcome = await outcomeOf(scene);
  expect(expectOneFateEach(outcome)).toBe(0);
  expect(new Set(outcome.decisions.map(({ decision }) => decision.data.model.version))).toEqual(
    new Set([models.champion.version, second]),
  );
});
