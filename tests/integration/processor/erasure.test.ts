import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Keyring } from '../../../src/archive/keyring.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { entityKinds } from '../../../src/features/state.ts';
import { request } from '../../contract/archive-records.ts';
import { write } from '../kafka/support.ts';
import { campaign } from './support/campaign.ts';
import { temporaryDirectory } from './support/files.ts';
import { tracesIn } from './support/marks.ts';
import { Scene } from './support/scene.ts';

const keySecret = '8f3a61c2d97e40b5a1c3e5f7092b4d68';
const archiveSecret = '5eed5eedc0ffee11'.repeat(4);
const account = 'acc_7';
const accounts = 20;

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

it('who is forgotten is in no snapshot, archive, log, confirmation or dead letter, by name or by hash, and raw values are in no topic of ours', async (context) => {
  const scene = await Scene.create(context);
  const [history, record] = [await temporaryDirectory(), await temporaryDirectory()];
  const { decisions, deadLetters } = scene.names;
  const [labels, audit] = [`${decisions}-labels`, `${decisions}-audit`];
  for (const topic of [labels, audit]) await scene.createTopic(topic, 1);
  const variables = {
    WINNOW_STATE_KEY_SECRET: keySecret,
    WINNOW_KAFKA_TOPICS_LABELS: labels,
    WINNOW_KAFKA_TOPICS_AUDIT: audit,
    WINNOW_STATE_SNAPSHOT_FILE: join(history, 'history'),
    WINNOW_ARCHIVE_FILE: join(record, 'archive.db'),
    WINNOW_ARCHIVE_SECRET: archiveSecret,
    WINNOW_LOG_LEVEL: 'debug',
  };
  const pseudonym = Buffer.from(new Keyring(Buffer.from(archiveSecret, 'hex')).pseudonymOf(account));

  await scene.write(campaign(Date.now(), accounts));
  const first = await scene.run(variables).ready();
  await scene.drained(first);
  expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const archive = await scene.command(['archive'], variables).ready();
  const taken = async (): Promise<number> =>
    (await archive.metrics()).sum('winnow_archive_records_total', { kind: 'decision' });
  await archive.until(async () => (await taken()) >= 3 * accounts, 'the archive has the decisions');
  // What is looked for afterwards is there before.
  expect(isIn(await filesOf(history), hashesOf(account))).toBe(true);
  expect(isIn(await filesOf(record), [pseudonym])).toBe(true);

  const { key, value } = request(account, Date.now());
  await write(scene.brokers, labels, [{ key, value }]);
  const second = await scene.run(variables).ready();
  await second.until(async () => (await scene.backlogOf(labels)) === 0, 'history has forgotten');
  await archive.until(async () => (await scene.read(audit)).length > 0, 'the erasure is confirmed');
  for (const process of [second, archive]) expect(await process.end('SIGTERM')).toEqual({ code: 0, signal: null });

  const kept = await filesOf(history);
  expect(isIn(kept, hashesOf(account))).toBe(false);
  expect(isIn(kept, hashesOf('acc_8'))).toBe(true);
  expect(isIn(await filesOf(record), [pseudonym, Buffer.from(account)])).toBe(false);
  const said = [first, second, archive].map(({ stdout, stderr }) => stdout + stderr).join('\n');
  const confirmations = (await scene.read(audit)).map(
    ({ key: name, value: told }) => `${String(name)} ${String(told)}`,
  );
  for (const text of [said, ...confirmations]) expect(text).not.toMatch(/\bacc_7\b/);
  const written = [...(await scene.read(decisions)), ...(await scene.read(deadLetters))];
  expect(written.length).toBeGreaterThanOrEqual(3 * accounts);
  expect(tracesIn(written.map((each) => `${String(each.key)} ${String(each.value)}`).join('\n'))).toEqual([]);
});
