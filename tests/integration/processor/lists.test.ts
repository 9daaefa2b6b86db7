import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '../../../src/simulation/random.ts';
import type { WireDecision } from '../../../src/wire/decision-schema.ts';
import { replaceFile, temporaryDirectory } from './support/files.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';

/** Given, it repeats the points at which an earlier run killed. */
const seed = Number(process.env['WINNOW_TEST_SEED'] ?? randomInt(2 ** 31));

/** Nobody asks for anything but the lists. */
const policy = `
version: quiet
thresholds: { challenge: 0.9997, review: 0.9998, block: 0.9999 }
standing: { challenge: 1h, review: 24h, block: 1s }
rules: []
`;

function denied(decisions: readonly WireDecision[]): readonly WireDecision[] {
  return decisions.filter(({ data }) => data.reasons.some(({ code }) => code === 'LIST_DENY'));
}

/** Everybody's network, so that whatever comes is found. */
const everybody = ['0.0.0.0/1', '128.0.0.0/1'].map((half) => [
  '--list',
  'everybody',
  '--type',
  'cidr',
  '--value',
  half,
]);
const said = ['--kind', 'deny', '--reason', 'a test', '--author', 'anna', '--expires', '7d'];

it('an entry that is added is in force on every member, also after all were killed, and no more once it is removed', async (context) => {
  const folder = await temporaryDirectory();
  const policyFile = join(folder, 'policy.yaml');
  await replaceFile(policyFile, policy);
  const scene = await Scene.create(context);
  const lists = `${scene.names.events}-lists`;
  await scene.createTopic(lists, 1, { 'cleanup.policy': 'compact' });
  const variables = { WINNOW_KAFKA_TOPICS_LISTS: lists, WINNOW_POLICY_FILE: policyFile };
  const list = async (...args: string[]): Promise<string> => {
    const command = scene.command(['list', ...args], variables);
    expect(await command.ended).toMatchObject({ code: 0 });
    return command.stdout;
  };
  const events = simulatedEvents(37, 900);
  const third = Math.floor(events.length / 3);
  const decided = async (): Promise<WireDecision[]> =>
    (await scene.read(scene.names.decisions)).map(({ value }) => JSON.parse(String(value)) as WireDecision);

  // Written before anybody runs: members read it before they begin.
  for (const entry of everybody) await list('add', ...entry, ...said);
  const members = await Promise.all([scene.run(variables).ready(), scene.run(variables).ready()]);
  await scene.write(events.slice(0, third));
  await scene.drained(...members);
  const first = await decided();
  expect(denied(first).length).toBeGreaterThan(50);
  expect(denied(first).every(({ data }) => data.listed?.[0]?.list === 'everybody')).toBe(true);

  await Promise.all(members.map((member) => member.end('SIGKILL')));
  const again = await Promise.all([scene.run(variables).ready(), scene.run(variables).ready()]);
  await scene.write(events.slice(third, 2 * third));
  await scene.drained(...again);
  const second = await decided();
  expect(denied(second).length).toBeGreaterThan(denied(first).length + 50);
  expect(await list('show')).toMatch(/everybody\|cidr\|[0-9a-f]{16} \(IPv4, \/1\)/);

  // What is removed while they run counts no more, without a restart.
  for (const entry of everybody) await list('remove', ...entry);
  for (const member of again)
    await member.until(() => member.stdout.includes('"entries":{}'), 'the member has read that the list is empty');
  await scene.write(events.slice(2 * third));
  await scene.drained(...again);
  const last = await decided();
  expect(last.length).toBeGreaterThan(second.length + 100);
  expect(denied(last)).toHaveLength(denied(second).length);
});

it('accounts that a list comes to name are decided at once, though members are killed: none is lost, none is decided twice', async (context) => {
  process.stdout.write(`lists.test.ts: WINNOW_TEST_SEED=${seed}\n`);
  const random = new Random(seed);
  const folder = await temporaryDirectory();
  const policyFile = join(folder, 'policy.yaml');
  await replaceFile(policyFile, policy);
  const scene = await Scene.create(context);
  const [lists, labels] = [`${scene.names.events}-lists`, `${scene.names.events}-labels`];
  await scene.createTopic(labels, 4);
  await scene.createTopic(lists, 1, { 'cleanup.policy': 'compact' });
  const variables = {
    WINNOW_KAFKA_TOPICS_LISTS: lists,
    WINNOW_KAFKA_TOPICS_LABELS: labels,
    WINNOW_POLICY_FILE: policyFile,
    WINNOW_STATE_SNAPSHOT_FILE: join(folder, 'history.snapshot'),
    WINNOW_BATCH_RECORDS_MAX: '16',
    // A list of 200 at once is what the governor would hold.
    WINNOW_GOVERNOR_BLOCKS_MIN: '1000',
    WINNOW_GOVERNOR_PROBATION_MS: '0',
  };
  const accounts = Array.from({ length: 200 }, (_, index) => `listed_${index}`);
  const file = join(folder, 'denied.csv');
  await replaceFile(file, ['type,value', ...accounts.map((account) => `account,${account}`)].join('\n'));
  const given = ['--list', 'denied', '--kind', 'deny', '--author', 'anna', '--reason', 'a test'];
  const first = await scene.run(variables).ready();
  const ran = scene.command(['list', 'import', file, ...given], variables);
  const decisions = async (): Promise<WireDecision[]> =>
    (await scene.read(scene.names.decisions)).map(({ value }) => JSON.parse(String(value)) as WireDecision);
  const some = random.integer(1, 150);
  await first.until(async () => (await decisions()).length >= some, `${some} accounts are decided`);
  await first.end('SIGKILL');
  expect(await ran.ended).toMatchObject({ code: 0 });
  const second = await scene.run(variables).ready();
  await second.until(async () => (await scene.backlogOf(labels)) === 0, 'all that was said is committed', 60_000);

  const all = await decisions();
  // A record may be delivered twice where a processor was killed, and then it is the same one.
  expect(new Map(all.map(({ id, subject }) => [id, subject])).size).toBe(accounts.length);
  expect(new Set(all.map(({ subject }) => subject))).toEqual(new Set(accounts));
  for (const { data } of all)
    expect(data).toMatchObject({
      action: 'block',
      cause: { kind: 'list', list: 'denied' },
      listed: [{ list: 'denied' }],
    });
});
