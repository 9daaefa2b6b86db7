import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startRecordingProxy } from '../../servers/recording-proxy.ts';
import { giveUp } from '../../servers/unavailable.ts';
import { campaign } from './support/campaign.ts';
import { temporaryDirectory } from './support/files.ts';
import { Models } from './support/models.ts';
import { Scene } from './support/scene.ts';

/**
 * A library that scores models once called its maker from here: it opened a connection at the first session and kept a device id in
 * the home folder, but never where `CI` was set, so that no test saw it. So this one runs without `CI`, for longer than that
 * library waited, and looks at every connection that the kernel was asked for.
 */
const callsAfterMsMax = 15_000;

/** Where the process tried to connect or send to, in the kernel's words: `127.0.0.1:9092`. */
function destinations(trace: string): Set<string> {
  const four = /sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)/g;
  const six = /sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"/g;
  return new Set([...trace.matchAll(four), ...trace.matchAll(six)].map(([, port, address]) => `${address}:${port}`));
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
}

it('the processor connects to what is configured and nowhere else, and leaves no file in its home', async (context) => {
  if (spawnSync('strace', ['-V']).error !== undefined) giveUp(context, 'strace is not installed');
  const scene = await Scene.create(context);
  const proxy = await startRecordingProxy();
  onTestFinished(() => proxy.close());
  const folder = await temporaryDirectory();
  const [home, trace] = [join(folder, 'home'), join(folder, 'trace')];
  await mkdir(home);
  await scene.write(campaign(Date.now(), 40));
  // Of its own, so that its bundle is not one that was proven before: the proof runs a model too.
  const models = await Models.copy();
  const away = {
    GLIBC_TUNABLES: undefined,
    CI: undefined,
    XDG_CACHE_HOME: undefined,
    XDG_DATA_HOME: undefined,
    XDG_CONFIG_HOME: undefined,
  };
  const through = ['strace', '-D', '-f', '-qq', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', trace];

  const processor = await scene
    .run({ ...proxy.variables, ...models.variables, ...away, HOME: home }, [], through)
    .ready();
  await scene.drained(processor);
  await sleep(callsAfterMsMax);
  await processor.end('SIGTERM');

  expect(proxy.asked).toEqual([]);
  expect(await filesUnder(home)).toEqual([]);
  const brokers = scene.brokers.map((broker) => broker.replace('localhost', '127.0.0.1'));
  const met = destinations(await readFile(trace, 'utf8'));
  expect(met.intersection(new Set(brokers)), 'the trace sees connections').toEqual(new Set(brokers));
  expect(met).toEqual(new Set(brokers));
});
