import { connect, createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../servers/ports.ts';
import { Scene } from './support/scene.ts';

/** A way to the broker that is there from now on. */
function openWay(port: number, broker: string): Server {
  const [host, brokerPort] = broker.split(':');
  const server = createServer((inward) => {
    const outward = connect(Number(brokerPort), host);
    inward.on('error', () => outward.destroy());
    outward.on('error', () => inward.destroy());
    inward.pipe(outward).pipe(inward);
  });
  return server.listen(port, '127.0.0.1');
}

describe('a start before there is a broker', () => {
  it('waits, alive, not started and not ready, and works once it is there', async (context) => {
    const scene = await Scene.create(context);
    const port = await freePort();
    const processor = scene.run({ WINNOW_KAFKA_BROKERS: `127.0.0.1:${port}` });
    const isTold = (): boolean => processor.log.some(({ message }) => message.startsWith('Kafka is not there yet'));
    await processor.until(isTold, 'it says that it waits', 60_000);
    const probes = (['/livez', '/readyz', '/startupz'] as const).map((path) => processor.probe(path));
    expect(await Promise.all(probes)).toEqual([200, 503, 503]);

    const way = openWay(port, scene.brokers[0]!);
    onTestFinished(() => void way.close());
    await processor.ready();
    expect(await processor.probe('/startupz')).toBe(200);
    expect(await processor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});

describe('a start that waits', () => {
  it('ends well when it is told to', async (context) => {
    const scene = await Scene.create(context);
    const processor = scene.run({ WINNOW_KAFKA_BROKERS: `127.0.0.1:${await freePort()}` });
    const isTold = (): boolean => processor.log.some(({ message }) => message.startsWith('Kafka is not there yet'));
    await processor.until(isTold, 'it says that it waits', 60_000);
    expect(await processor.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});

describe('a simulated stream on the topic of events', () => {
  it('is keyed by account, has just happened, and is decided without a dead letter', async (context) => {
    const scene = await Scene.create(context);
    const simulate = scene.command(['simulate', '--kafka', '--accounts', '100', '--seed', '5']);
    expect(await simulate.ended).toEqual({ code: 0, signal: null });
    const events = await scene.read(scene.names.events);
    const wrong = events.filter(({ key, value }) => {
      const { subject, time } = JSON.parse(String(value)) as { subject: string; time: string };
      const ageMs = Date.now() - Date.parse(time);
      return String(key) !== subject || ageMs < 0 || ageMs > 7 * 24 * 3_600_000;
    });
    expect([events.length > 100, wrong.length]).toEqual([true, 0]);

    const processor = await scene.run({ WINNOW_EVENTS_BEHIND_MS_MAX: undefined }).ready();
    await scene.drained(processor);
    const metrics = await processor.metrics();
    expect(metrics.sum('winnow_decisions_total')).toBe(events.length);
    expect(metrics.sum('winnow_records_misplaced_total')).toBe(0);
  });
});
