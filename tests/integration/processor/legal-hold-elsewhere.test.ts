import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hold, lift, request, type Written } from '../../contract/archive-records.ts';
import { write } from '../kafka/support.ts';
import { valkeyOffer } from '../valkey/offer.ts';
import { campaign } from './support/campaign.ts';
import { temporaryDirectory } from './support/files.ts';
import { inSnapshot, inValkey, isIn } from './support/history-places.ts';
import { Scene } from './support/scene.ts';

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

it('a hold stands after a restart without a snapshot, and is lifted by the word that names it', async (context) => {
  const scene = await Scene.create(context);
  const labels = `${scene.names.decisions}-labels`;
  await scene.createTopic(labels, 4);
  const folder = await temporaryDirectory();
  const file = join(folder, 'history');
  const variables = { WINNOW_KAFKA_TOPICS_LABELS: labels, WINNOW_STATE_SNAPSHOT_FILE: file };
  const say = (...words: readonly Written[]): Promise<void> =>
    write(
      scene.brokers,
      labels,
      words.map(({ key, value }) => ({ key, value })),
    );
  const [held, free] = ['acc_3', 'acc_4'];
  const first = await scene.run(variables).ready();
  const placedMs = Date.now();
  await say(hold(held, placedMs, 'A'), hold(free, placedMs, 'A'), lift(free, placedMs + 1, 'A'));
  await first.until(async () => (await scene.backlogOf(labels)) === 0, 'what people said is taken');
  expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await Promise.all((await readdir(folder)).map((name) => rm(join(folder, name))));

  const second = await scene.run(variables).ready();
  await scene.write(campaign(Date.now(), 12));
  await scene.drained(second);
  await say(...[held, free].map((account) => request(account, Date.now())));
  await second.until(async () => (await scene.backlogOf(labels)) === 0, 'who asks is heard');
  expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const kept = await readFile(file);
  expect([held, free].map((account) => isIn(kept, account))).toEqual([true, false]);

  const third = await scene.run(variables).ready();
  await say(lift(held, Date.now(), 'A'));
  await third.until(async () => (await scene.backlogOf(labels)) === 0, 'the hold is lifted');
  expect(await third.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(isIn(await readFile(file), held)).toBe(false);
});

it.for([
  ['a snapshot each', inSnapshot],
  ['Valkey', inValkey],
] as const)(
  'a hold stands when its partition goes to another member of the group, with %s, and ends there',
  async ([, place], context) => {
    const scene = await Scene.create(context);
    const labels = `${scene.names.decisions}-labels`;
    await scene.createTopic(labels, 4);
    const variables = { WINNOW_KAFKA_TOPICS_LABELS: labels };
    const places = [await place(context, offer)];
    if (places[0]!.isReadAgain) places.push(await place(context, offer));
    const say = (...words: readonly Written[]): Promise<void> =>
      write(
        scene.brokers,
        labels,
        words.map(({ key, value }) => ({ key, value })),
      );
    const accounts = Array.from({ length: 12 }, (_, index) => `acc_${index}`);
    const first = await scene.run({ ...variables, ...places[0]!.variables }).ready();
    await say(...accounts.map((account) => hold(account, Date.now(), 'A')));
    await first.until(async () => (await scene.backlogOf(labels)) === 0, 'holds are placed');
    // Half of the partitions come here, with holds that it has never seen; then all do.
    const second = await scene.run({ ...variables, ...places.at(-1)!.variables }).ready();
    const events = campaign(Date.now(), accounts.length);
    await scene.write(events);
    await scene.drained(first, second);
    await say(...accounts.map((account) => request(account, Date.now())));
    await second.until(async () => (await scene.backlogOf(labels)) === 0, 'who asks is heard');
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await second.until(() => second.partitions.length === 8, 'the other one has all partitions');
    // Where each has a history of its own, what was the other one's is read again: what it did, and who asked.
    const said = places[0]!.isReadAgain ? events.length + accounts.length : 0;
    const isRead = async (): Promise<boolean> => (await second.metrics()).sum('winnow_events_total') >= said;
    await second.until(isRead, 'what the other one had is read');
    expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const kept = await places.at(-1)!.bytes();
    expect(accounts.filter((account) => isIn(kept, account))).toEqual(accounts);

    const third = await scene.run({ ...variables, ...places.at(-1)!.variables }).ready();
    await say(...accounts.map((account) => lift(account, Date.now(), 'A')));
    await third.until(async () => (await scene.backlogOf(labels)) === 0, 'holds are lifted');
    expect(await third.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const left = await places.at(-1)!.bytes();
    expect(accounts.filter((account) => isIn(left, account))).toEqual([]);
  },
);
