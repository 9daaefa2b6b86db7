import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultPolicyFile } from '../../../src/app/versions.ts';
import { Keyring } from '../../../src/archive/keyring.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { entityKinds } from '../../../src/features/state.ts';
import { request } from '../../contract/archive-records.ts';
import type { Skip } from '../../servers/unavailable.ts';
import { write } from '../kafka/support.ts';
import { valkeyOffer } from '../valkey/offer.ts';
import { bytesIn } from '../valkey/support.ts';
import { campaign } from './support/campaign.ts';
import { temporaryDirectory } from './support/files.ts';
import { tracesIn } from './support/marks.ts';
import { Scene } from './support/scene.ts';
import { sharedHistory } from './support/valkey.ts';

const keySecret = '8f3a61c2d97e40b5a1c3e5f7092b4d68';
const archiveSecret = '5eed5eedc0ffee11'.repeat(4);
const accounts = 20;

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

const bytes = (...words: readonly number[]): Buffer => Buffer.from(new Uint32Array(words).buffer);
const isIn = (content: Buffer, traces: readonly Buffer[]): boolean => traces.some((trace) => content.includes(trace));

/** The keyed hash of the account in history, in every order of its two words. */
function hashesOf(id: string): readonly Buffer[] {
  const hasher = new EntityKeyHasher(Buffer.from(keySecret, 'hex'));
  hasher.hashText(entityKinds.indexOf('account'), id);
  const { high, low } = hasher;
  return [bytes(high, low), bytes(low, high)];
}

async function filesOf(folder: string): Promise<Buffer> {
  return Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))));
}

const isOf = (topic: string) => (each: { readonly topic: string }) => each.topic === topic;

/** Where history is kept: how the processor is told, and all bytes of it once the processor has ended. */
interface Place {
  readonly variables: Readonly<Record<string, string>>;
  readonly bytes: () => Promise<Buffer>;
}

async function inSnapshot(): Promise<Place> {
  const folder = await temporaryDirectory();
  return { variables: { WINNOW_STATE_SNAPSHOT_FILE: join(folder, 'history') }, bytes: () => filesOf(folder) };
}

function inValkey(context: Skip): Promise<Place> {
  const { nodes, variables } = sharedHistory(offer.require(context).nodes);
  return Promise.resolve({ variables, bytes: () => bytesIn(nodes) });
}

/** A rule that fires for everybody, so that each account has shadow decisions. */
async function policyFile(): Promise<string> {
  const path = join(await temporaryDirectory(), 'policy.yaml');
  const shipped = await readFile(defaultPolicyFile, 'utf8');
  const watched = `rules:
  - { id: everybody, version: 1, mode: shadow, on: [account.signup], when: form_ms < 60000, then: review, reason: 'Watched' }
`;
  await writeFile(path, shipped.replace(/^rules:\n/m, watched));
  return path;
}

it.for([
  ['a snapshot', inSnapshot],
  ['Valkey', inValkey],
] as const)(
  'who is forgotten is in no archive, log, confirmation, dead letter or list, by name or by hash, nor in %s, and raw values are in no topic of ours',
  async ([where, place], context) => {
    const scene = await Scene.create(context);
    const history = await place(context);
    const record = await temporaryDirectory();
    const { decisions, deadLetters } = scene.names;
    const [labels, audit, shadow, lists] = ['labels', 'audit', 'shadow', 'lists'].map((name) => `${decisions}-${name}`);
    for (const topic of [labels!, audit!, shadow!, lists!]) await scene.createTopic(topic, 1);
    const variables = {
      ...history.variables,
      WINNOW_STATE_KEY_SECRET: keySecret,
      WINNOW_KAFKA_TOPICS_LABELS: labels!,
      WINNOW_KAFKA_TOPICS_AUDIT: audit!,
      WINNOW_KAFKA_TOPICS_SHADOW_DECISIONS: shadow!,
      WINNOW_KAFKA_TOPICS_LISTS: lists!,
      WINNOW_POLICY_FILE: await policyFile(),
      WINNOW_ARCHIVE_FILE: join(record, 'archive.db'),
      WINNOW_ARCHIVE_SECRET: archiveSecret,
      WINNOW_LOG_LEVEL: 'debug',
    };

    await scene.write(campaign(Date.now(), accounts));
    const first = await scene.run(variables).ready();
    await scene.drained(first);
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const archive = await scene.command(['archive'], variables).ready();
    const ours = [decisions, shadow!, deadLetters];
    const written = (await Promise.all(ours.map((topic) => scene.read(topic)))).flat();
    const decided = written.filter((each) => !isOf(deadLetters)(each)).length;
    const taken = async (): Promise<number> =>
      (await archive.metrics()).sum('winnow_archive_records_total', { kind: 'decision' });
    await archive.until(async () => (await taken()) >= decided, 'the archive has the decisions');
    // What is looked for afterwards is there before.
    const account = String(written.find(isOf(shadow!))!.key);
    const other = account === 'acc_8' ? 'acc_9' : 'acc_8';
    const pseudonym = Buffer.from(new Keyring(Buffer.from(archiveSecret, 'hex')).pseudonymOf(account));
    expect(written.filter(isOf(decisions)).length).toBeGreaterThanOrEqual(3 * accounts);
    expect(isIn(await history.bytes(), hashesOf(account))).toBe(true);
    expect(isIn(await filesOf(record), [pseudonym])).toBe(true);

    const { key, value } = request(account, Date.now());
    await write(scene.brokers, labels!, [{ key, value }]);
    const second = await scene.run(variables).ready();
    await second.until(async () => (await scene.backlogOf(labels!)) === 0, 'history has forgotten');
    await archive.until(async () => (await scene.read(audit!)).length > 0, 'the erasure is confirmed');
    for (const process of [second, archive]) expect(await process.end('SIGTERM')).toEqual({ code: 0, signal: null });

    const kept = await history.bytes();
    expect(isIn(kept, hashesOf(account))).toBe(false);
    expect(isIn(kept, hashesOf(other))).toBe(true);
    expect(tracesIn(kept)).toEqual([]);
    const archived = await filesOf(record);
    expect(isIn(archived, [pseudonym, Buffer.from(account), ...hashesOf(account)])).toBe(false);
    expect(tracesIn(archived)).toEqual([]);
    const said = [first, second, archive].map(({ stdout, stderr }) => stdout + stderr).join('\n');
    const textsOf = async (topic: string): Promise<string[]> =>
      (await scene.read(topic)).map(({ key: name, value: text }) => `${String(name)} ${String(text)}`);
    const elsewhere = [said, ...(await textsOf(audit!)), ...(await textsOf(lists!)), ...(await textsOf(deadLetters))];
    for (const text of elsewhere) expect(text).not.toMatch(new RegExp(`\\b${account}\\b`));
    const told = [...elsewhere, ...(await textsOf(decisions)), ...(await textsOf(shadow!))].join('\n');
    expect(tracesIn(told)).toEqual([]);
    const inHex = hashesOf(account).map((each) => each.toString('hex'));
    expect(inHex.some((hex) => told.includes(hex))).toBe(false);
    process.stdout.write(
      `Nothing of who was forgotten, by name, hash or raw value, in ${where} (${kept.length} bytes), the archive (${archived.length} bytes), logs, and the topics of audit, lists and dead letters ` +
        `(${elsewhere.join('').length} characters); no hash or raw value in those of decisions and shadow decisions (${told.length - elsewhere.join('').length} characters).\n`,
    );
  },
);
