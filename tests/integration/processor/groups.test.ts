import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/simulation/random.ts';
import type { WireDecision } from '../../../src/wire/decision-schema.ts';
import { ringPolicy } from '../../pipeline/ring-policy.ts';
import type { Skip } from '../../servers/unavailable.ts';
import { valkeyOffer } from '../valkey/offer.ts';
import { replaceFile, temporaryDirectory } from './support/files.ts';
import type { Processor } from './support/processor.ts';
import { Scene, type StoredRecord } from './support/scene.ts';
import { messageOf, simulatedDay, type EventMessage } from './support/stream.ts';
import { sharedHistory } from './support/valkey.ts';

/** A campaign whose accounts lie on all partitions is blocked as a whole, whoever owns them, and whoever is killed meanwhile. */

const seed = Number(process.env['WINNOW_TEST_SEED'] ?? randomInt(2 ** 31));
const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

/** Nobody is blocked but for a group, whatever the model that ships says. */
const policy = ringPolicy({ challenge: 0.998, review: 0.999, block: 1 });

const ringSize = 24;
const ring = Array.from({ length: ringSize }, (_, index) => `ring_${index}`);

/** A signup on the one device, and later a profile with the one picture. */
function ringEvents(account: string, timeMs: number): [EventMessage, EventMessage] {
  const context = { device_id: 'd_ring' };
  const event = (type: string, atMs: number, data: object): EventMessage => ({
    key: account,
    value: JSON.stringify({
      specversion: '1.0',
      id: `${type} ${account}`,
      source: '/tests',
      type,
      subject: account,
      time: new Date(atMs).toISOString(),
      data: { ...data, context },
    }),
  });
  return [
    event('account.signup', timeMs, { status: 'succeeded' }),
    event('account.profile_updated', timeMs + 1_000, { avatar_hash: '00ff12ab34cd56ef' }),
  ];
}

/** A day of others, with the ring's events spread over it. Of others no device and no picture is known. */
function streamWithRing(): EventMessage[] {
  const day = simulatedDay(37, 500).filter(({ json }) => !json.includes('"avatar_hash"'));
  const every = Math.floor(day.length / (ringSize + 1));
  return day.flatMap((event, index) => {
    const account = ring[index / every - 1];
    const own = { ...messageOf(event), value: event.json.replace(/"device_id":"[^"]*",?/, '') };
    return index % every === 0 && account !== undefined ? [own, ...ringEvents(account, event.timeMs)] : [own];
  });
}

const read = (records: readonly StoredRecord[]): WireDecision[] =>
  records.map(({ value }) => JSON.parse(String(value)) as WireDecision);

const ofGroups = (decisions: readonly WireDecision[]) => decisions.filter(({ data }) => data.cause.kind === 'group');

/** What stands for each account when all of these are read. */
function standing(decisions: readonly WireDecision[]): Map<string, string> {
  return new Map(decisions.map(({ subject, data }) => [subject, data.action]));
}

interface Played {
  readonly scene: Scene;
  readonly variables: Readonly<Record<string, string>>;
  readonly verdicts: string | undefined;
  readonly labels: string;
  /** Whether history is where no member takes it along when it is killed. */
  readonly isShared: boolean;
}

async function prepared(context: Skip, named: boolean, variables: Readonly<Record<string, string>>): Promise<Played> {
  const folder = await temporaryDirectory();
  const path = join(folder, 'policy.yaml');
  await replaceFile(path, policy);
  const scene = await Scene.create(context);
  const labels = `${scene.names.events}-labels`;
  const verdicts = named ? `${scene.names.events}-verdicts` : undefined;
  for (const topic of [labels, ...(verdicts === undefined ? [] : [verdicts])]) await scene.createTopic(topic, 4);
  return {
    scene,
    labels,
    verdicts,
    isShared: variables['WINNOW_STATE_STORE'] === 'valkey',
    variables: {
      WINNOW_KAFKA_TOPICS_LABELS: labels,
      ...(verdicts === undefined ? {} : { WINNOW_KAFKA_TOPICS_VERDICTS: verdicts }),
      WINNOW_POLICY_FILE: path,
      WINNOW_DECISIONS_EMIT: 'challenge,review,block',
      WINNOW_BATCH_RECORDS_MAX: '8',
      // A cause that is new may block few.
      WINNOW_GOVERNOR_PROBATION_PERCENT: '100',
      WINNOW_KAFKA_CONSUMER_SESSION_TIMEOUT_MS: '10000',
      ...variables,
    },
  };
}

/** Kills a processor when it has decided so many events. */
async function killedAt(processor: Processor, decided: number): Promise<void> {
  await processor.until(async () => (await processor.decided()) >= decided, `${decided} decisions`);
  await processor.end('SIGKILL');
}

async function expectRingBlocked(
  { scene, verdicts, isShared }: Played,
  left: readonly Processor[],
): Promise<WireDecision[]> {
  await scene.drained(...left);
  if (verdicts !== undefined)
    await left[0]!.until(async () => (await scene.backlogOf(verdicts)) === 0, 'all verdicts are committed', 60_000);
  const decisions = read(await scene.read(scene.names.decisions));
  const stands = standing(decisions);
  const missed = ring.filter((account) => stands.get(account) !== 'block');
  expect(missed).toEqual([]);
  const blocks = ofGroups(decisions).filter(({ data }) => data.action === 'block');
  expect(new Set(blocks.map(({ subject }) => subject))).toEqual(new Set(ring));
  // A record may be there twice where a processor was killed, and then it is the same one; where its history went back to a snapshot,
  // another of the account's groups may be the first to have it blocked.
  const ids = new Set(blocks.map(({ id }) => id));
  if (isShared) expect(ids.size).toBe(ringSize);
  for (const { id, data } of blocks) {
    const same = blocks.filter((other) => other.id === id);
    expect(new Set(same.map((other) => other.data.action)).size).toBe(1);
    expect(data.cohort).toMatch(/^coh_[0-9a-f]{32}$/);
    // History that went back to a snapshot may hear the verdict before it hears again what brought the first decision.
    if (isShared || data.supersedes !== undefined) expect(data.supersedes).toMatch(/^dec_/);
  }
  expect([...stands].filter(([account, action]) => action === 'block' && !account.startsWith('ring_'))).toEqual([]);
  return decisions;
}

/** One command undoes what a group did, and it does not form again. */
async function expectLiftedAsAWhole(played: Played, left: readonly Processor[], decisions: readonly WireDecision[]) {
  const { scene, labels, variables } = played;
  // One that blocked somebody: the first that spoke may have been the one of the device alone, which asked for reviews, and nothing of its doing stands.
  const [cohort] = ofGroups(decisions).flatMap(({ data }) => (data.action === 'block' ? [data.cohort!] : []));
  const command = ['lift', '--group', cohort!, '--reason', 'a school', '--author', 'anna'];
  expect(await scene.command(command, variables).ended).toMatchObject({ code: 0 });
  await left[0]!.until(async () => (await scene.backlogOf(labels)) === 0, 'all labels are committed', 60_000);
  await scene.write(ring.slice(0, 2).flatMap((account) => ringEvents(`${account}_late`, Date.now() - 1_000)));
  await scene.drained(...left);
  const stands = standing(read(await scene.read(scene.names.decisions)));
  expect([...stands].filter(([, action]) => action === 'block')).toEqual([]);
}

describe('a group of accounts on all partitions', () => {
  it('is blocked as a whole by two members that share a history, though one is killed: none is lost, none doubled', async (context) => {
    process.stdout.write(`groups.test.ts: WINNOW_TEST_SEED=${seed}\n`);
    const random = new Random(seed);
    const played = await prepared(context, true, sharedHistory(offer.require(context).nodes).variables);
    const { scene, variables } = played;
    const members = [scene.run(variables), scene.run(variables)];
    await Promise.all(members.map((member) => member.ready()));
    for (const member of members) await member.until(() => member.partitions.length > 0, 'each has its part');
    const stream = streamWithRing();
    await scene.write(stream);
    const victim = random.integer(0, 1);
    await killedAt(members[victim]!, random.integer(1, 60));
    const left = [members[1 - victim]!];
    const decisions = await expectRingBlocked(played, left);
    await expectLiftedAsAWhole(played, left, decisions);
  });

  it.for([
    ['no topic is named', false],
    ['its verdicts have a topic', true],
  ] as const)(
    'is blocked as a whole by one process that is killed again and again, where %s',
    async ([, named], context) => {
      const random = new Random(seed);
      const snapshot = join(await temporaryDirectory(), 'history.snapshot');
      const own = { WINNOW_STATE_SNAPSHOT_FILE: snapshot, WINNOW_STATE_SNAPSHOT_INTERVAL_MS: '1000' };
      const played = await prepared(context, named, own);
      const { scene, variables } = played;
      const stream = streamWithRing();
      const lives = 4;
      const part = (life: number) => stream.slice(...[life, life + 1].map((end) => (end * stream.length) / lives));
      for (let life = 0; life < lives - 1; life++) {
        // Each life has its own part to decide: a fast one would leave the next nothing to be killed by.
        await scene.write(part(life));
        await killedAt(await scene.run(variables).ready(), random.integer(1, 40));
      }
      await scene.write(part(lives - 1));
      const left = [await scene.run(variables).ready()];
      const decisions = await expectRingBlocked(played, left);
      await expectLiftedAsAWhole(played, left, decisions);
    },
  );
});
