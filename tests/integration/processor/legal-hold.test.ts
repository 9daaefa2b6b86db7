import { afterAll, beforeAll, expect, it } from 'vitest';
import { hold, lift, request, type Written } from '../../contract/archive-records.ts';
import { write } from '../kafka/support.ts';
import { valkeyOffer } from '../valkey/offer.ts';
import { campaign } from './support/campaign.ts';
import { afterTest } from './support/clean-up.ts';
import { inSnapshot, inValkey, isIn } from './support/history-places.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

const decoded = async (processor: Processor): Promise<number> => (await processor.metrics()).sum('winnow_events_total');

// At once: most of it is waiting, for the end of a hold and for the next look at those that have ended.
it.concurrent.for([
  ['a snapshot', inSnapshot],
  ['Valkey', inValkey],
] as const)(
  'who is held is in %s through a kill and a restart, and is forgotten when the hold is lifted, or has ended by itself',
  async ([, place], context) => {
    const scene = await Scene.create(context, { cleanUp: afterTest(context) });
    const history = await place(context, offer);
    const labels = `${scene.names.decisions}-labels`;
    await scene.createTopic(labels, 4);
    const variables = { ...history.variables, WINNOW_KAFKA_TOPICS_LABELS: labels };
    const say = (...words: readonly Written[]): Promise<void> =>
      write(
        scene.brokers,
        labels,
        words.map(({ key, value }) => ({ key, value })),
      );
    await scene.write(campaign(Date.now(), 12));
    const first = await scene.run(variables).ready();
    await scene.drained(first);
    const [lifted, ended, asked] = ['acc_3', 'acc_4', 'acc_5'];
    const nowMs = Date.now();
    // Long enough to outlast the kill; the watch looks half a minute after the start.
    const untilMs = nowMs + 45_000;
    await say(hold(lifted, nowMs - 2, 'A'), hold(ended, nowMs - 2, 'B', untilMs));
    await say(...[lifted, ended, asked].map((account) => request(account, nowMs - 1)));
    await first.until(async () => (await scene.backlogOf(labels)) === 0, 'what people said is taken');
    const events = await decoded(first);
    await first.end('SIGKILL');

    const second = await scene.run(variables).ready();
    const due = history.isReadAgain ? events : 0;
    await second.until(async () => (await decoded(second)) >= due, 'what the kill has lost is read again');
    expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const stoppedMs = Date.now();
    const held = await history.bytes();
    expect([lifted, asked].map((account) => isIn(held, account))).toEqual([true, false]);
    // Where the kill took so long that the hold was over before the end, the second process may have seen to it.
    if (stoppedMs < untilMs) expect(isIn(held, ended)).toBe(true);

    const third = await scene.run(variables).ready();
    await say(lift(lifted, Date.now(), 'A'));
    const saysItEnded = (): boolean =>
      [second, third].some(({ stdout }) => stdout.includes('Accounts were forgotten whose legal hold has ended.'));
    await third.until(saysItEnded, 'it ended', 120_000);
    expect(Date.now()).toBeGreaterThan(untilMs);
    await third.until(async () => (await scene.backlogOf(labels)) === 0, 'the hold is lifted');
    expect(await third.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const left = await history.bytes();
    expect([lifted, ended, asked].map((account) => isIn(left, account))).toEqual([false, false, false]);
    expect(isIn(left, 'acc_6')).toBe(true);
    expect([lifted, ended, asked].filter((account) => left.includes(`"${account}"`))).toEqual([]);
  },
);
