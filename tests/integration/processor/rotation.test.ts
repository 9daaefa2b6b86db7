import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { entityKinds } from '../../../src/features/state.ts';
import type { WireDecision } from '../../../src/wire/decision-schema.ts';
import { hold, label, lift, request, type Written } from '../../contract/archive-records.ts';
import type { Skip } from '../../servers/unavailable.ts';
import { write } from '../kafka/support.ts';
import { valkeyOffer } from '../valkey/offer.ts';
import { bytesIn } from '../valkey/support.ts';
import { byEvents } from './support/by-events.ts';
import { temporaryDirectory } from './support/files.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents, type EventMessage } from './support/stream.ts';
import { sharedHistory } from './support/valkey.ts';

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

type Variables = Readonly<Record<string, string>>;

/** Two histories of the same kind, and all bytes of one. */
interface Places {
  readonly former: Variables;
  readonly next: Variables;
  readonly bytes: (of: Variables) => Promise<Buffer>;
}

const secrets = { former: 'b1946ac92492d2347c6235b4d2611184', next: '0f4e1c7d9a2b68355e71c0d84af3962b' };

async function bytesOfSnapshot({ WINNOW_STATE_SNAPSHOT_FILE: file }: Variables): Promise<Buffer> {
  const folder = join(file!, '..');
  return Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))));
}

async function inSnapshots(): Promise<Places> {
  const folder = await temporaryDirectory();
  const place = async (name: string): Promise<Variables> => {
    await mkdir(join(folder, name));
    return { WINNOW_STATE_SNAPSHOT_FILE: join(folder, name, 'history') };
  };
  return { former: await place('former'), next: await place('next'), bytes: bytesOfSnapshot };
}

function inValkey(context: Skip): Promise<Places> {
  const { nodes } = offer.require(context);
  const [former, next] = [sharedHistory(nodes).variables, sharedHistory(nodes).variables];
  // Those of both, told apart by the secret.
  return Promise.resolve({ former, next, bytes: () => bytesIn(nodes) });
}

const bytesOf = (...words: readonly number[]): Buffer => Buffer.from(new Uint32Array(words).buffer);

/** Whether the hash of an account under a secret, in either order of its words, is anywhere in bytes. */
function isIn(content: Buffer, account: string, secret: string): boolean {
  const hasher = new EntityKeyHasher(Buffer.from(secret, 'hex'));
  hasher.hashText(entityKinds.indexOf('account'), account);
  const { high, low } = hasher;
  return content.includes(bytesOf(high, low)) || content.includes(bytesOf(low, high));
}

const events = simulatedEvents(24, 1_600);
const parts = { before: events.slice(0, 800), during: events.slice(800, 1_200), after: events.slice(1_200) };
const [held, freed] = [events[0]!.key, events[40]!.key];
const startMs = Date.now();

/** The same on whichever topics, but for the time of the decision. */
function comparable({ subject, data }: WireDecision) {
  const { trigger, ...rest } = data;
  return { subject, ...rest, trigger: trigger && { ...trigger, topic: '' } };
}

/**
 * One partition each, one process, which is ended and begun anew before the last part. What is not rotated has the later secret from the beginning: of
 * an entity with many others, which of these are counted depends on their hashes.
 */
async function story(context: Skip, places: Places, isRotated: boolean) {
  const scene = await Scene.create(context, { partitions: { events: 1, decisions: 1, deadLetters: 1 } });
  const labels = `${scene.names.decisions}-labels`;
  await scene.createTopic(labels, 1);
  const policyFile = join(await temporaryDirectory(), 'policy.yaml');
  await writeFile(policyFile, JSON.stringify(byEvents));
  const settings = {
    WINNOW_KAFKA_TOPICS_LABELS: labels,
    WINNOW_POLICY_FILE: policyFile,
    // What it counted is not carried over.
    WINNOW_GOVERNOR_BLOCKS_MIN: '1000000',
    WINNOW_GOVERNOR_BLOCKS_MAX: '10000000',
    WINNOW_GOVERNOR_OVERTURNED_MIN: '100000',
  };
  const former = { ...settings, ...places.former, WINNOW_STATE_KEY_SECRET: isRotated ? secrets.former : secrets.next };
  const next = { ...settings, ...places.next, WINNOW_STATE_KEY_SECRET: secrets.next };
  const say = (...words: readonly Written[]): Promise<void> =>
    write(
      scene.brokers,
      labels,
      words.map(({ key, value }) => ({ key, value })),
    );
  const take = async (processor: ReturnType<Scene['run']>, messages: readonly EventMessage[]): Promise<void> => {
    await scene.write(messages);
    await scene.drained(processor);
  };
  const told = async (...args: readonly string[]): Promise<void> => {
    const command = scene.command(args.slice(1), args[0] === 'former' ? former : next);
    expect(await command.ended).toEqual({ code: 0, signal: null });
  };

  const serving = await scene.run(former).ready();
  await take(serving, parts.before);
  await say(hold(held, startMs - 3, 'A'), request(held, startMs - 2), label(freed, startMs - 1));
  await serving.until(async () => (await scene.backlogOf(labels)) === 0, 'what people said is taken');
  // Beside it, while it serves; and what is left, once it has ended.
  if (isRotated) await told('next', 'import', '--from-kafka');
  await take(serving, parts.during);
  expect(await serving.end('SIGTERM')).toEqual({ code: 0, signal: null });
  if (isRotated) {
    await told('next', 'import', '--from-kafka');
    await told('former', 'drop-history', '--yes');
  }
  const decisions = async (): Promise<WireDecision[]> => {
    const records = await scene.read(scene.names.decisions);
    return records.map(({ value }) => JSON.parse(String(value)) as WireDecision);
  };
  const already = (await decisions()).length;
  const then = isRotated ? next : former;
  let successor = await scene.run(then).ready();
  await take(successor, parts.after);
  const after = (await decisions()).slice(already).map(comparable);
  const lifting = async (): Promise<Buffer> => {
    expect(await successor.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(isIn(await places.bytes(then), held, then.WINNOW_STATE_KEY_SECRET)).toBe(true);
    successor = await scene.run(then).ready();
    await say(lift(held, Date.now(), 'A'));
    await successor.until(async () => (await scene.backlogOf(labels)) === 0, 'the hold is lifted');
    expect(await successor.end('SIGTERM')).toEqual({ code: 0, signal: null });
    return places.bytes(then);
  };
  return { after, lifting };
}

it.for([
  ['a snapshot', inSnapshots],
  ['Valkey', inValkey],
] as const)(
  'under another secret, a history that was built beside that in %s decides the same, knows who is held, and nothing of the former secret is left',
  async ([, open], context) => {
    const plain = await story(context, await open(context), false);
    await plain.lifting();
    const places = await open(context);
    const rotated = await story(context, places, true);
    expect(rotated.after).toHaveLength(plain.after.length);
    expect(plain.after.filter(({ action }) => action !== 'allow').length).toBeGreaterThan(20);
    expect(plain.after.filter(({ supersedes }) => supersedes !== undefined).length).toBeGreaterThan(5);
    expect(rotated.after).toEqual(plain.after);

    const dropped = await places.bytes(places.former);
    expect([held, freed].map((account) => isIn(dropped, account, secrets.former))).toEqual([false, false]);
    const left = await rotated.lifting();
    expect(isIn(left, held, secrets.next)).toBe(false);
    expect(isIn(left, freed, secrets.next)).toBe(true);
  },
);
