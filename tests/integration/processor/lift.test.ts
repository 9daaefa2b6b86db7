import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '../../../src/simulation/random.ts';
import type { WireDecision } from '../../../src/wire/decision-schema.ts';
import { replaceFile, temporaryDirectory } from './support/files.ts';
import { Scene, type StoredRecord } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';

/** Given, it repeats the points at which an earlier run killed. */
const seed = Number(process.env['WINNOW_TEST_SEED'] ?? randomInt(2 ** 31));

/** A rule of one evening: whoever is busy is blocked, for ever. */
const badPolicy = `
version: bad
thresholds: { challenge: 0.9997, review: 0.9998, block: 0.9999 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - id: everybody
    version: 1
    when: account_events_24h >= 4
    then: block
    reason: '{account_events_24h} events in 24 hours'
`;

const read = (records: readonly StoredRecord[]): WireDecision[] =>
  records.map(({ value }) => JSON.parse(String(value)) as WireDecision);

/** Accounts that are blocked when all of these are read. */
function blockedIn(decisions: readonly WireDecision[]): Set<string> {
  const stands = new Map(decisions.map(({ subject, data }) => [subject, data.action]));
  return new Set([...stands].flatMap(([account, action]) => (action === 'block' ? [account] : [])));
}

it('what a bad rule blocked is lifted by one command, though command and processor are killed: no label is lost, and none acts twice', async (context) => {
  process.stdout.write(`lift.test.ts: WINNOW_TEST_SEED=${seed}\n`);
  const random = new Random(seed);
  const folder = await temporaryDirectory();
  const policy = join(folder, 'policy.yaml');
  await replaceFile(policy, badPolicy);
  const scene = await Scene.create(context);
  const labels = `${scene.names.events}-labels`;
  await scene.createTopic(labels, 4);
  const variables = {
    WINNOW_KAFKA_TOPICS_LABELS: labels,
    WINNOW_POLICY_FILE: policy,
    WINNOW_STATE_SNAPSHOT_FILE: join(folder, 'history.snapshot'),
    WINNOW_DECISIONS_EMIT: 'challenge,review,block',
    WINNOW_BATCH_RECORDS_MAX: '16',
    // Each whom the rule means is to be blocked, and none is only to be looked at.
    WINNOW_GOVERNOR_PROBATION_PERCENT: '100',
  };
  await scene.write(simulatedEvents(29, 2_000));
  const first = await scene.run(variables).ready();
  await scene.drained(first);
  const before = blockedIn(read(await scene.read(scene.names.decisions)));
  expect(before.size).toBeGreaterThan(40);

  const command = ['lift', '--rule', 'everybody', '--reason', 'a mistake', '--author', 'anna', '--rate', '40'];
  const killed = scene.command(command, variables);
  const written = async (): Promise<number> =>
    [...(await scene.ends(labels)).values()].reduce((sum, end) => sum + end, 0);
  const some = random.integer(1, Math.floor(before.size / 2));
  await killed.until(async () => (await written()) >= some, `${some} labels are written`);
  await Promise.all([killed.end('SIGKILL'), first.end('SIGKILL')]);
  expect(await written()).toBeLessThan(before.size);

  const second = await scene.run(variables).ready();
  const [, id] = /^(lift-\S+):/m.exec(killed.stderr)!;
  const resumed = scene.command([...command, '--command', id!], variables);
  expect(await resumed.ended).toMatchObject({ code: 0 });
  await second.until(async () => (await scene.backlogOf(labels)) === 0, 'all labels are committed', 60_000);

  const said = (await scene.read(labels)).map(
    ({ value }) => JSON.parse(String(value)) as { id: string; subject: string },
  );
  expect(new Set(said.map(({ subject }) => subject))).toEqual(before);
  expect(new Set(said.map(({ id: event }) => event)).size).toBe(before.size);
  const decisions = read(await scene.read(scene.names.decisions));
  expect(blockedIn(decisions)).toEqual(new Set());
  const lifts = decisions.filter(({ data }) => data.cause.kind === 'label');
  // A record may be delivered twice where a processor was killed, and then it is the same one.
  expect(new Map(lifts.map((decision) => [decision.id, decision.subject])).size).toBe(before.size);
  expect(new Set(lifts.map(({ subject }) => subject))).toEqual(before);
  for (const { data } of lifts) {
    expect(data).toMatchObject({ action: 'allow', cause: { by: 'operator' }, reasons: [{ code: 'FOUND_GENUINE' }] });
    expect(data.supersedes).toMatch(/^dec_/);
    expect(data.trigger).toBeUndefined();
  }
});
