import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { KafkaSource, silentMsMax } from '../../../src/adapters/kafka/consumer.ts';
import type { openSocket } from '../../../src/adapters/kafka/sockets.ts';
import { HoldBoard } from '../../../src/holds.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { startRoughProxy, type RoughProxy } from '../../servers/rough-proxy.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import type { Skip } from '../../servers/unavailable.ts';
import {
  committedOffsets,
  kafkaSettings,
  makeTopics,
  numbered,
  openSource,
  until,
  withAdmin,
  write,
} from './support.ts';

/**
 * Connections that are half open: they take what is sent, and nothing comes back. kafkajs gave its coordinator up, and then waited, before it
 * said so, for an answer over one of them; nobody joined anew for minutes, and then the process ended, though nothing was wrong any more.
 */
const route = vi.hoisted((): { port: number | undefined } => ({ port: undefined }));

/** Every connection goes through the proxy, while there is one. */
vi.mock(import('../../../src/adapters/kafka/sockets.ts'), async (importOriginal) => {
  const original = await importOriginal();
  const open: typeof openSocket = (options) =>
    original.openSocket({ ...options, port: route.port === undefined ? options.port : route.port });
  return { openSocket: open };
});

const proxies: RoughProxy[] = [];

afterEach(async () => {
  route.port = undefined;
  for (const proxy of proxies.splice(0)) await proxy.close();
});

interface Scene {
  readonly brokers: readonly string[];
  readonly settings: ReturnType<typeof kafkaSettings>;
  readonly proxy: RoughProxy;
}

async function scene(context: Skip): Promise<Scene> {
  const { brokers } = requireKafka(context);
  const settings = kafkaSettings(brokers);
  await makeTopics(brokers, { [settings.topics.events]: 2 });
  const proxy = await startRoughProxy(brokers[0]!);
  proxies.push(proxy);
  route.port = Number(proxy.address.split(':')[1]);
  return { brokers, settings, proxy };
}

/** Longer than a request may take, and than the session of the member. */
const silenceMs = 24_000;

it('a member goes on soon after its connections were half open, by others', { timeout: 240_000 }, async (context) => {
  const { brokers, settings, proxy } = await scene(context);
  const { events } = settings.topics;
  const isFetched = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  const { source, handled } = openSource({
    settings,
    handler: async () => {
      isFetched.resolve();
      await mayGoOn.promise;
    },
  });
  await write(brokers, events, numbered(50, 10));
  await isFetched.promise;
  proxy.set({ kind: 'silent' });
  mayGoOn.resolve(); // what is committed from now on has no answer
  await sleep(silenceMs);
  proxy.set({ kind: 'open' });
  await write(brokers, events, numbered(50, 10));
  const reached = (): number => new Set(handled.map(({ partition, offset }) => `${partition}/${offset}`)).size;
  await until(() => reached() === 100, 'all is handled', 60_000);
  await expect(Promise.race([source.finished, sleep(0, 'it goes on')])).resolves.toBe('it goes on');
  await source.close();
  const committed = await committedOffsets(brokers, settings.groupId, events);
  expect([...committed.values()].reduce((sum, offset) => sum + offset, 0)).toBe(100);
});

it(
  'a request to join that was lost is not waited for as long as one may take',
  { timeout: 240_000 },
  async (context) => {
    const { brokers, settings: usual, proxy } = await scene(context);
    const settings = { ...usual, consumer: { ...usual.consumer, rebalanceTimeoutMs: 150_000 } };
    const { events } = settings.topics;
    const isFetched = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    const first = openSource({
      settings,
      handler: async () => {
        isFetched.resolve();
        await mayGoOn.promise;
      },
    });
    await write(brokers, events, numbered(50, 10));
    await isFetched.promise;
    // It asks to join, and the group waits for the first, which has something in hand.
    const second = openSource({ settings });
    const isAsked = async (): Promise<boolean> =>
      withAdmin(brokers, async (admin) => {
        const { groups } = await admin.describeGroups([settings.groupId]);
        return groups[0]?.state === 'PreparingRebalance';
      });
    await until(isAsked, 'the second has asked to join');
    proxy.set({ kind: 'silent' });
    mayGoOn.resolve();
    await sleep(silenceMs);
    proxy.set({ kind: 'open' });
    await until(
      () => [first, second].every(({ source }) => source.member?.assigned.length === 1),
      'both have joined',
      90_000,
    );
    await Promise.all([first.source.close(), second.source.close()]);
    const reached = new Set(
      [first, second].flatMap(({ handled }) => handled.map(({ partition, offset }) => `${partition}/${offset}`)),
    );
    expect(reached.size).toBe(50);
  },
);

/** What was asked before is answered by then. */
const inFlightMs = 1_000;

/** A source by a clock that can be moved: what a silence of minutes does, in seconds. */
function openAt(settings: Scene['settings']) {
  let passedMs = 0;
  let handled = 0;
  let assigned = 0;
  const holds: string[] = [];
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() + passedMs };
  const source = new KafkaSource({
    settings,
    topics: [settings.topics.events],
    recordsMax: 256,
    handler: async ({ records }) => void (handled += records.length),
    telemetry: silentTelemetry,
    forgetOffsets: () => Promise.resolve(),
    holds: new HoldBoard(clock, { ...silentTelemetry, held: (step) => void holds.push(step) }),
    log: () => undefined,
    clock,
    progress: () => undefined,
    onAssigned: () => void (assigned += 1),
  });
  source.open();
  const pass = (): void => void (passedMs += silentMsMax(settings) + 1_000);
  return { source, holds, pass, handled: () => handled, assigned: () => assigned };
}

it(
  'a member that is silent is given up, told as a hold, and another takes its place',
  { timeout: 120_000 },
  async (context) => {
    const { brokers, settings, proxy } = await scene(context);
    const running = openAt(settings);
    await until(() => running.assigned() === 1, 'the group has formed');
    proxy.set({ kind: 'silent' });
    await sleep(inFlightMs);
    running.pass();
    await until(() => running.holds.includes('consume'), 'it is given up');
    proxy.set({ kind: 'open' });
    await write(brokers, settings.topics.events, numbered(50, 10));
    await until(() => running.handled() === 50, 'another has joined and handles what comes');
    await expect(Promise.race([running.source.finished, sleep(0, 'it goes on')])).resolves.toBe('it goes on');
    await running.source.close();
  },
);

it('where the next one is silent too, the process is told to end', { timeout: 120_000 }, async (context) => {
  const { settings, proxy } = await scene(context);
  const running = openAt(settings);
  await until(() => running.assigned() === 1, 'the group has formed');
  const former = running.source.member;
  proxy.set({ kind: 'silent' });
  await sleep(inFlightMs);
  running.pass();
  await until(() => running.source.member !== former, 'another has taken its place');
  running.pass();
  await expect(running.source.finished).rejects.toMatchObject({ failure: { code: 'CONSUME_FAILED' } });
  await running.source.close();
});
