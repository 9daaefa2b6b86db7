import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeBundle } from '../../unit/app/small-bundles.ts';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import { replaceFile } from './support/files.ts';
import { annotated, Models } from './support/models.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { simulated } from './support/stream.ts';

const second = '2026.12.4-again';

const serves = async (processor: Processor, version: string): Promise<boolean> =>
  (await processor.metrics()).labels('winnow_model_info').some((labels) => labels['version'] === version);

const all = (members: readonly Processor[], version: string): Promise<unknown> =>
  Promise.all(members.map((member) => member.until(() => serves(member, version), `it serves ${version}`)));

/** Members with a deployment file each, as on machines of their own, and a control topic that all of them read. */
async function fleetOf(scene: Scene, models: Models) {
  const control = `${scene.names.events}-control`;
  await scene.createTopic(control, 1, { 'cleanup.policy': 'compact' });
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
  return { variables, model };
}

it('one record swaps all members and one takes them back, and whoever was killed serves what was ordered', async (context) => {
  const models = await Models.copy();
  await models.add(second, { files: { 'model.onnx': annotated } });
  const scene = await Scene.create(context);
  const { variables, model } = await fleetOf(scene, models);
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

const hasCanary = async (processor: Processor): Promise<boolean> =>
  (await processor.metrics()).labels('winnow_panel_share').some((labels) => labels['role'] === 'canary');

/** A canary is withdrawn where its mean score is so far from the champion's, in hundredths, and by no other rule. */
const rules = (scoreShiftPercentMax: string): Record<string, string> => ({
  WINNOW_MODEL_CANARY_SCORE_SHIFT_PERCENT_MAX: scoreShiftPercentMax,
  WINNOW_MODEL_CANARY_BLOCKS_MIN: '1000000',
  WINNOW_MODEL_CANARY_LATENCY_PERCENT_MAX: '100000',
});

// Each member withdrew by what it saw itself: the others went on giving accounts to a model that one of them knew to be wrong.
it('a canary that one member withdraws leaves the panels of all, and is not seated again by whoever starts later', async (context) => {
  const models = await Models.copy();
  writeBundle(models.directory, 'canary');
  const scene = await Scene.create(context);
  const { variables, model } = await fleetOf(scene, models);
  const strict = { ...(await variables('strict')), ...rules('0') };
  const lenient = { ...(await variables('lenient')), ...rules('100') };
  const members = await Promise.all([scene.run(strict).ready(), scene.run(lenient).ready()]);
  const said = ['--author', 'ana', '--reason', 'a drill'];
  await model('canary', 'small/canary', '--share', '1', ...said);
  await Promise.all(members.map((member) => member.until(() => hasCanary(member), 'it has a canary')));

  const load = scene.load(simulated(22, 20_000), 400);
  const isRid = async (member: Processor): Promise<boolean> => !(await hasCanary(member));
  await Promise.all(members.map((member) => member.until(() => isRid(member), 'it has no canary any more')));
  await load.stop();
  await scene.drained(...members);
  for (const member of members) expect((await member.metrics()).sum('winnow_canary_withdrawals_total')).toBe(1);
  expect(await model('status')).toMatch(/withdrawn +small canary at \S+: its mean score is .* \(seen by \S+\)/);

  const late = await scene.run({ ...(await variables('late')), ...rules('100') }).ready();
  expect(await hasCanary(late)).toBe(false);
  expect(expectOneFateEach(await outcomeOf(scene))).toBe(0);
});

// It was written down beside the deployment, and the member was killed before the topic took it: nobody else ever heard of it.
it('a canary that is withdrawn on the disk of one member alone is told to all when that one starts again', async (context) => {
  const scene = await Scene.create(context);
  const { variables, model } = await fleetOf(scene, await Models.copy());
  const own = await variables('one');
  const withdrawal = { name: 'small', version: 'canary', reason: 'it fails', at: '2026-11-24T12:00:00.000Z' };
  await replaceFile(`${own['WINNOW_MODEL_DEPLOYMENT_FILE']!}.withdrawn`, JSON.stringify([withdrawal]));
  const member = await scene.run(own).ready();
  const isTold = async (): Promise<boolean> =>
    /withdrawn +small canary at 2026-11-24.* \(seen by /.test(await model('status'));
  await member.until(isTold, 'the operators see it');
  expect(member.stdout).not.toContain('are not told');
});
