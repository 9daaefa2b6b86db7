import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cacheDirectory } from '../tests/servers/cache.ts';
import { startKafka } from '../tests/servers/kafka.ts';
import { freePort } from '../tests/servers/ports.ts';
import { startProcess, waitUntilReady, type ServerProcess } from '../tests/servers/process.ts';
import { startPrometheus } from '../tests/servers/prometheus.ts';
import { startValkey } from '../tests/servers/valkey.ts';

/**
 * What `deploy/compose/compose.yaml` starts, on this machine and without Docker, to look at: Kafka, Valkey, Winnow with some workers, a made-up
 * platform that writes events without an end, and Prometheus with the rules. One Ctrl-C ends all of it, and nothing is kept. Servers are had
 * as the tests have them (`tests/README.md`). Run it with: npm run fleet
 */

const { values: flags } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    /** Events a second. */
    rate: { type: 'string', default: '100' },
    /** Of the HTTP listener; a free one unless given. */
    port: { type: 'string' },
  },
});

const repository = fileURLToPath(new URL('..', import.meta.url));
const program = join(repository, 'src/cli/main.ts');
const alerts = join(repository, 'grafana/alerts');
/** Of one made-up platform; when its events are through, another one begins. */
const accounts = 20_000;
const scrapeIntervalMs = 5_000;
const readyMsMax = 180_000;
/** Above `shutdown.deadlineMs` and the second that a supervisor adds. */
const stopMsMax = 30_000;
const folder = join(cacheDirectory, 'fleet');

/** What runs, in the order of its start: ended the other way round. */
const running: { readonly name: string; stop(): Promise<void> }[] = [];
const ended = Promise.withResolvers<void>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.resolve());

try {
  await Promise.race([start(), ended.promise]);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  for (const one of running.toReversed()) {
    say(`ending ${one.name}`);
    await one.stop();
  }
}
process.exit();

async function start(): Promise<never> {
  await mkdir(folder, { recursive: true });
  const kafka = await keep('Kafka', startKafka());
  const valkey = await keep('Valkey', startValkey());
  const port = flags.port === undefined ? await freePort() : Number(flags.port);
  const config = join(folder, 'winnow.yaml');
  await writeFile(config, JSON.stringify(settings(kafka.brokers, valkey.nodes, port)));
  const processor = await winnow('Winnow', ['run', '--create-topics', '--workers', flags.workers, '--config', config]);
  await waitUntilReady({
    server: 'Winnow',
    isReady: () => answers(`http://127.0.0.1:${port}/readyz`),
    hasExited: () => processor.hasExited(),
    timeoutMs: readyMsMax,
    logPath: logOf('Winnow'),
  });
  const prometheus = await keep(
    'Prometheus',
    startPrometheus({
      scrapeTargets: [{ job: 'winnow', address: `127.0.0.1:${port}` }],
      ruleFiles: (await readdir(alerts)).filter((name) => name.endsWith('.yaml')).map((name) => join(alerts, name)),
      scrapeIntervalMs,
    }),
  );
  say(`
everything runs:
  ready?       http://127.0.0.1:${port}/readyz
  metrics      http://127.0.0.1:${port}/metrics
  alerts       ${await alertsPage(prometheus.url)}
  Prometheus   ${prometheus.url}
  dashboards   npm run pictures -- --prometheus ${prometheus.url}
  Kafka        ${kafka.brokers.join(',')}   (topics account-events, account-decisions)
  settings     ${config}
  logs         ${folder}
Ctrl-C ends it.
`);
  for (let seed = 1; ; seed++) await platform(seed, config, processor);
}

/** Writes the events of one made-up platform. Throws where Winnow has ended, or they cannot be written. */
async function platform(seed: number, config: string, processor: ServerProcess): Promise<void> {
  const name = 'the platform';
  const numbers = ['--seed', String(seed), '--accounts', String(accounts), '--rate', flags.rate];
  const source = await winnow(name, ['simulate', '--kafka', '--reviews', ...numbers, '--config', config]);
  while (!source.hasExited()) {
    if (processor.hasExited()) throw new Error(`Winnow has ended: ${logOf('Winnow')} says why.`);
    await sleep(500);
  }
  running.splice(
    running.findIndex((one) => one.name === name),
    1,
  );
}

/** Debian's build has its pages under another path. */
async function alertsPage(url: string): Promise<string> {
  return (await answers(`${url}/alerts`)) ? `${url}/alerts` : `${url}/classic/alerts`;
}

function settings(brokers: readonly string[], nodes: readonly string[], port: number): object {
  return {
    kafka: { brokers, groupId: 'winnow-fleet' },
    http: { port },
    // Of this demonstration, known to everybody: make another wherever accounts are of people.
    state: { store: 'valkey', keySecret: '77696e6e6f772d64656d6f2d6b657921' },
    valkey: { nodes },
    // One decision an event, so that the dashboards have all of them.
    decisions: { emit: 'all' },
  };
}

async function winnow(name: string, args: readonly string[]): Promise<ServerProcess> {
  const started = await startProcess({ command: process.execPath, args: [program, ...args], logPath: logOf(name) });
  running.push({ name, stop: () => started.stop(stopMsMax) });
  return started;
}

function logOf(name: string): string {
  return join(folder, `${name.replaceAll(' ', '-')}.log`);
}

async function keep<T extends { stop(): Promise<void> }>(name: string, starting: Promise<T>): Promise<T> {
  say(`starting ${name}`);
  const server = await starting;
  running.push({ name, stop: () => server.stop() });
  return server;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}
