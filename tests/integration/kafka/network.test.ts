import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { openSocket } from '../../../src/adapters/kafka/sockets.ts';
import { requireKafka } from '../../servers/shared-kafka.ts';
import {
  committedOffsets,
  kafkaSettings,
  makeTopics,
  numbered,
  openOutput,
  openSource,
  readAll,
  text,
  until,
  write,
} from './support.ts';

/**
 * A network that fails, between our client and a real broker: now and then a request gets there, its answer does not come
 * back, and the connection breaks. The broker has done what it was asked, and the client cannot know.
 */
const fault = vi.hoisted(() => ({ chance: (): boolean => false, apiKey: -1, count: 0 }));

vi.mock(import('../../../src/adapters/kafka/sockets.ts'), async (importOriginal) => {
  const original = await importOriginal();
  return { openSocket: (options: Parameters<typeof openSocket>[0]) => unreliable(original.openSocket(options)) };
});

type Listener = (...given: never[]) => void;

function unreliable(socket: Socket): Socket {
  let isDeaf = false;
  const listen = socket.on.bind(socket) as (event: string, listener: Listener) => Socket;
  const send: (request: Buffer) => boolean = socket.write.bind(socket);
  return Object.assign(socket, {
    on: (event: string, listener: Listener): Socket => {
      const hear = (chunk: never): void => void (isDeaf || listener(chunk));
      return listen(event, event === 'data' ? hear : listener);
    },
    write: (request: Buffer): boolean => {
      if (request.readInt16BE(4) === fault.apiKey && fault.chance()) {
        isDeaf = true;
        fault.count += 1;
        setTimeout(() => socket.destroy(new Error('the line went dead')), 30);
      }
      return send(request);
    },
  });
}

/** Of every `period` requests of a kind one is struck, beginning with the second. */
function strike(apiKey: number, period: number): void {
  let requests = 0;
  fault.apiKey = apiKey;
  fault.count = 0;
  fault.chance = () => (requests += 1) % period === 2;
}

afterEach(() => {
  fault.chance = () => false;
});

const api = { produce: 0, fetch: 1, offsetCommit: 8, heartbeat: 12 } as const;

describe('with answers that get lost', () => {
  it('every record is written once, and each key in its order', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [decisions]: 3, [deadLetters]: 1 });
    const output = openOutput(settings);
    strike(api.produce, 4);
    for (let round = 0; round < 30; round += 1) {
      const sends = Array.from({ length: 10 }, (_, index) =>
        output.send('decisions', [{ key: `acc_${index}`, value: `${round}`, headers: [] }]),
      );
      await Promise.all(sends);
    }
    await output.close();

    expect(fault.count).toBeGreaterThan(5);
    const records = await readAll(brokers, decisions);
    for (let index = 0; index < 10; index += 1) {
      const ofKey = records.filter(({ message }) => text(message.key) === `acc_${index}`);
      expect(ofKey.map(({ message }) => Number(text(message.value)))).toEqual(Array.from({ length: 30 }, (_, i) => i));
    }
  });

  it('records without a key are written once too', async (context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { decisions, deadLetters } = settings.topics;
    await makeTopics(brokers, { [decisions]: 1, [deadLetters]: 3 });
    const output = openOutput(settings);
    strike(api.produce, 3);
    for (let round = 0; round < 20; round += 1) {
      const values = Array.from({ length: 5 }, (_, index) => `${round}.${index}`);
      await output.send(
        'deadLetters',
        values.map((value) => ({ key: null, value, headers: [] })),
      );
    }
    await output.close();

    expect(fault.count).toBeGreaterThan(5);
    const values = (await readAll(brokers, deadLetters)).map(({ message }) => text(message.value));
    expect(values.length).toBe(100);
    expect(new Set(values).size).toBe(100);
  });

  it.for([
    ['fetches', api.fetch],
    ['commits', api.offsetCommit],
    ['heartbeats', api.heartbeat],
  ] as const)('of %s, every record is handled and committed', async ([, apiKey], context) => {
    const { brokers } = requireKafka(context);
    const settings = kafkaSettings(brokers);
    const { events } = settings.topics;
    await makeTopics(brokers, { [events]: 2 });
    const { source, handled } = openSource({ settings, recordsMax: 50 });
    strike(apiKey, 5);
    const values = (): Set<string> => new Set(handled.map(({ value }) => value));
    let written = 0;
    while (fault.count < 4) {
      await write(
        brokers,
        events,
        numbered(100, 10).map(({ key }) => ({ key: key ?? null, value: `${(written += 1)}` })),
      );
      await until(() => values().size === written, 'what was written is handled');
    }
    await source.close();

    const committed = await committedOffsets(brokers, settings.groupId, events);
    expect([...committed.values()].reduce((sum, offset) => sum + offset, 0)).toBe(written);
  });
});
