import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Random } from '../../../src/simulation/random.ts';
import type { WireDecision } from '../../../src/wire/decision-schema.ts';
import { replaceFile, temporaryDirectory } from './support/files.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';

/** Given, it repeats the points at which an earlier run killed. */
const seed = Number(process.env['WINNOW_TEST_SEED'] ?? randomInt(2 ** 31));

/** Whoever signs up is blocked, as soon as it may be. */
const policy = `
version: everybody
thresholds: { challenge: 0.97, review: 0.98, block: 0.99 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - id: everybody
    version: 1
    on: [account.signup]
    when: event.data.status == "succeeded"
    then: block
    reason: 'An account was created'
`;

it('the kill switch and an override hold on every member, and still after all of them were killed', async (context) => {
  const folder = await temporaryDirectory();
  const policyFile = join(folder, 'policy.yaml');
  await replaceFile(policyFile, policy);
  const scene = await Scene.create(context);
  const control = `${scene.names.events}-control`;
  await scene.createTopic(control, 1, { 'cleanup.policy': 'compact' });
  const variables = {
    WINNOW_KAFKA_TOPICS_CONTROL: control,
    WINNOW_POLICY_FILE: policyFile,
    WINNOW_BATCH_RECORDS_MAX: '32',
  };
  const order = async (...args: string[]): Promise<void> => {
    const command = scene.command(['governor', ...args], variables);
    expect(await command.ended).toMatchObject({ code: 0 });
  };
  const said = ['--author', 'ana', '--reason', 'looked at', '--until', '2h'];
  const events = simulatedEvents(31, 1_500);
  const decided = async (from: number) => {
    const records = (await scene.read(scene.names.decisions)).slice();
    const decisions = records.map(({ value }) => JSON.parse(String(value)) as WireDecision);
    return decisions.filter(({ time }) => Date.parse(time) >= from && decisions.length > 0);
  };
  const third = Math.floor(events.length / 3);

  // Ordered before anybody runs: members read it before they begin.
  await order('kill', ...said);
  const members = await Promise.all([scene.run(variables).ready(), scene.run(variables).ready()]);
  await scene.write(events.slice(0, third));
  await scene.drained(...members);
  const killed = await decided(0);
  const held = killed.filter(({ data }) => data.restrained_by?.includes('kill-switch') === true);
  expect(held.length).toBeGreaterThan(20);
  expect(killed.filter(({ data }) => data.action === 'block')).toEqual([]);

  // All are killed: the log of orders is what they know them by.
  await Promise.all(members.map((member) => member.end('SIGKILL')));
  const again = await Promise.all([scene.run(variables).ready(), scene.run(variables).ready()]);
  const secondMs = Date.now();
  await scene.write(events.slice(third, 2 * third));
  await scene.drained(...again);
  expect((await decided(secondMs)).filter(({ data }) => data.action === 'block')).toEqual([]);

  // What is taken back and ordered anew while they run is obeyed without a restart.
  await order('override', '--cause', 'rule:everybody', ...said);
  await order('withdraw');
  const status = scene.command(['governor', 'status'], variables);
  expect(await status.ended).toMatchObject({ code: 0 });
  expect(status.stdout).toContain('governor|rule:everybody|all release: until');
  expect(status.stdout).not.toContain('kill-switch');
  for (const member of again)
    await member.until(() => member.stdout.includes('An order was taken back.'), 'the member has read the order');
  const thirdMs = Date.now();
  await scene.write(events.slice(2 * third));
  await scene.drained(...again);
  const released = await decided(thirdMs);
  // More than the caps of a new rule would let through.
  expect(released.filter(({ data }) => data.action === 'block').length).toBeGreaterThan(20);
  expect(released.filter(({ data }) => data.restrained_by !== undefined)).toEqual([]);
});

it('orders are in force once each, wherever the command that gives them and the member that obeys are killed', async (context) => {
  process.stdout.write(`control.test.ts: WINNOW_TEST_SEED=${seed}\n`);
  const random = new Random(seed);
  const scene = await Scene.create(context);
  const control = `${scene.names.events}-control`;
  await scene.createTopic(control, 1, { 'cleanup.policy': 'compact' });
  const variables = { WINNOW_KAFKA_TOPICS_CONTROL: control };
  const said = ['--author', 'ana', '--reason', 'looked at', '--until', '2h'];
  const causes = Array.from({ length: 6 }, (_, index) => `rule:rule-${index}`);
  /** Whoever sees a command die gives it again: the order is the same. */
  const given = async (...args: readonly string[]): Promise<void> => {
    const cut = scene.command(['governor', ...args], variables);
    await Promise.race([cut.ended, sleep(random.integer(1, 1_500))]);
    await cut.end('SIGKILL');
    expect(await scene.command(['governor', ...args], variables).ended).toMatchObject({ code: 0 });
  };
  let member = await scene.run(variables).ready();
  const killAt = new Set([random.integer(0, 2), random.integer(3, 5)]);
  for (const [index, cause] of causes.entries()) {
    const order = given('override', '--cause', cause, '--effect', 'hold', ...said);
    if (killAt.has(index)) {
      await sleep(random.integer(1, 1_500));
      await member.end('SIGKILL');
      member = scene.run(variables);
    }
    await order;
  }
  const last = await scene.run(variables).ready();
  const told = last.stdout.split('\n').filter((line) => line.includes('An order of a person is in force.'));
  const known = new Set(told.map((line) => (JSON.parse(line) as { order: string }).order));
  expect([...known].toSorted()).toEqual(causes.map((cause) => `governor|${cause}|all`));

  for (const cause of causes.slice(0, 3)) await given('withdraw', '--cause', cause);
  await Promise.all([member.end('SIGKILL'), last.end('SIGKILL')]);
  const status = scene.command(['governor', 'status'], variables);
  expect(await status.ended).toMatchObject({ code: 0 });
  for (const [index, cause] of causes.entries()) expect(status.stdout.includes(cause)).toBe(index >= 3);
});
