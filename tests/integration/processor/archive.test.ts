import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { hashOf } from '../../../src/lists/list-value.ts';
import { Random } from '../../../src/simulation/random.ts';
import {
  decisionRecord,
  dayMs,
  hold,
  hourMs,
  label,
  lift,
  listRecord,
  request,
  type Written,
} from '../../contract/archive-records.ts';
import { requirePostgres } from '../../servers/postgres.ts';
import { write } from '../kafka/support.ts';
import { temporaryDirectory } from './support/files.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';

/** Given, it repeats the points at which an earlier run killed. */
const seed = Number(process.env['WINNOW_TEST_SEED'] ?? randomInt(2 ** 31));
const kills = 4;
const accounts = 250;
const decisionsEach = 16;
const chunkRecords = 60;
const keySecret = '8f3a61c2d97e40b5a1c3e5f7092b4d68';
const entryOf = (account: string): string =>
  hashOf(new EntityKeyHasher(Buffer.from(keySecret, 'hex')), 'account', account);

/** Decisions of many accounts, and what people said of some: every tenth is forgotten, every twentieth kept by a hold first. */
function history(startMs: number): readonly Written[] {
  const written: Written[] = [];
  for (let index = 0; index < accounts; index += 1) {
    const account = `acc_archived_${index}_x`;
    for (let turn = 0; turn < decisionsEach; turn += 1) {
      const data = turn === 3 ? ({ mode: 'shadow' } as const) : {};
      written.push(decisionRecord({ account, atMs: startMs + index * 1_000 + turn * hourMs, tag: String(turn), data }));
    }
    if (index % 5 === 0) written.push(label(account, startMs + hourMs));
    if (index % 20 === 0) written.push(hold(account, startMs, 'A', startMs + dayMs));
    if (index % 40 === 0) written.push(hold(account, startMs, 'B'));
    if (index % 10 === 0) written.push(listRecord('account', entryOf(account), startMs));
    if (index % 10 === 0) written.push(request(account, startMs + 20 * hourMs));
    if (index % 80 === 0) written.push(lift(account, startMs + 22 * hourMs, 'B'));
  }
  return written;
}

/** Of those asked for, the ones that a hold still keeps. */
const isKept = (index: number): boolean => index % 40 === 0 && index % 80 !== 0;

async function hasAll(archive: Processor): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const lags = Object.values((await archive.metrics()).by('winnow_archive_lag_records', 'topic'));
    return lags.length === 5 && lags.every((lag) => lag === 0);
  };
  await archive.until(isThere, 'the archive has all that the topics have');
}

it(`an archive whose process is killed ${kills} times equals one made anew from the topics in another database, forgets whom it must, and says so`, async (context) => {
  process.stdout.write(`archive.test.ts: WINNOW_TEST_SEED=${seed}\n`);
  const random = new Random(seed);
  const scene = await Scene.create(context);
  const folder = await temporaryDirectory();
  const { decisions } = scene.names;
  const topics = {
    decisions,
    shadowDecisions: `${decisions}-shadow`,
    labels: `${decisions}-labels`,
    lists: `${decisions}-lists`,
    control: `${decisions}-control`,
    audit: `${decisions}-audit`,
  };
  for (const [role, topic] of Object.entries(topics))
    if (role !== 'decisions') await scene.createTopic(topic, role === 'labels' ? 2 : 1);
  const variables = (file: string, secret: string): Record<string, string> => ({
    WINNOW_KAFKA_TOPICS_SHADOW_DECISIONS: topics.shadowDecisions,
    WINNOW_KAFKA_TOPICS_LABELS: topics.labels,
    WINNOW_KAFKA_TOPICS_LISTS: topics.lists,
    WINNOW_KAFKA_TOPICS_CONTROL: topics.control,
    WINNOW_KAFKA_TOPICS_AUDIT: topics.audit,
    WINNOW_STATE_KEY_SECRET: keySecret,
    WINNOW_ARCHIVE_FILE: join(folder, file),
    WINNOW_ARCHIVE_SECRET: secret,
    WINNOW_HTTP_PORT: '0',
  });
  const grown = variables('grown.db', 'c0ffee11'.repeat(8));
  const records = history(Date.now() - 10 * dayMs);
  const writing = (async () => {
    for (let at = 0; at < records.length; at += chunkRecords) {
      const chunk = records.slice(at, at + chunkRecords);
      for (const [role, topic] of Object.entries(topics)) {
        const messages = chunk
          .filter((record) => record.role === role)
          .map(({ key, value, timestampMs }) => ({ key, value, timestamp: String(timestampMs) }));
        if (messages.length > 0) await write(scene.brokers, topic, messages);
      }
      await sleep(20);
    }
    await write(scene.brokers, topics.decisions, [{ key: 'acc', value: '{"no":"decision"}' }]);
  })();
  for (let life = 0; life < kills; life += 1) {
    const archive = await scene.command(['archive'], grown).ready();
    await sleep(random.integer(0, 900));
    await archive.end('SIGKILL');
  }
  await writing;
  const archive = await scene.command(['archive'], grown).ready();
  await hasAll(archive);
  const asked = Array.from({ length: accounts }, (_, index) => index).filter((index) => index % 10 === 0);
  const forgotten = asked.filter((index) => !isKept(index));
  const confirmed = async () => (await scene.read(topics.audit)).map(({ value }) => value!.toString());
  await archive.until(
    async () =>
      new Set((await confirmed()).map((text) => (JSON.parse(text) as { id: string }).id)).size === forgotten.length,
    'each erasure is confirmed',
  );
  expect(await archive.end('SIGTERM')).toEqual({ code: 0, signal: null });

  // In the other database, and under another secret.
  const postgres = await requirePostgres(context);
  onTestFinished(() => postgres.stop());
  const anew = {
    ...variables('', '5eed5eed'.repeat(8)),
    WINNOW_ARCHIVE_FILE: '',
    WINNOW_ARCHIVE_STORE: 'postgres',
    WINNOW_ARCHIVE_URL: `postgres://${postgres.user}@${postgres.host}:${postgres.port}/postgres`,
    WINNOW_ARCHIVE_PASSWORD: postgres.password,
  };
  const other = await scene.command(['archive'], anew).ready();
  await hasAll(other);
  const refused = async (): Promise<number> => (await other.metrics()).sum('winnow_archive_refused_total');
  await other.until(async () => (await refused()) === 1, 'what is no decision is counted');
  // A request that was written in its own moment is due in the next one: the next round sees to it.
  const erased = async (): Promise<number> => (await other.metrics()).sum('winnow_archive_erased_total');
  await other.until(async () => (await erased()) === forgotten.length, 'who is to be forgotten is forgotten here too');
  expect(await other.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const contentOf = async (of: Record<string, string>): Promise<string> => {
    const verify = scene.command(['archive', 'verify'], of);
    expect(await verify.ended).toEqual({ code: 0, signal: null });
    return verify.stdout;
  };
  const content = await contentOf(grown);
  expect(content).toMatch(new RegExp(`decisions +${(accounts * decisionsEach).toLocaleString('en-US')}\n`));
  expect(content).toBe(await contentOf(anew));

  // Nobody finds the forgotten in any file or confirmation: neither by name nor by hash.
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')));
  const places = [...files, ...(await confirmed()), archive.stdout, other.stdout, archive.stderr];
  for (const index of forgotten)
    for (const trace of [`acc_archived_${index}_x`, entryOf(`acc_archived_${index}_x`)])
      expect(places.some((place) => place.includes(trace))).toBe(false);
  const kept = asked.find((index) => isKept(index))!;
  expect(files.some((file) => file.includes(entryOf(`acc_archived_${kept}_x`)))).toBe(true);
});
