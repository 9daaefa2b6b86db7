import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { KafkaServer } from '../../tests/servers/kafka.ts';
import { run } from '../../tests/servers/process.ts';

/** Where a result was measured: without this, a figure says nothing. */
export interface LoadEnvironment {
  /** Of the start, ISO 8601. */
  readonly date: string;
  readonly commit: string | null;
  /** Whether files differed from the commit. */
  readonly dirty: boolean | null;
  readonly model: string;
  readonly system: string;
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  /** Processes that wanted a CPU before the run began, a minute's average: more than a little, and others were at work. */
  readonly loadAverageBefore: number;
  readonly node: string;
  readonly kafkajs: string;
  readonly broker: { readonly version: string | null; readonly origin: KafkaServer['origin'] };
}

const root = fileURLToPath(new URL('../../', import.meta.url));

export async function describeEnvironment(): Promise<Omit<LoadEnvironment, 'broker'>> {
  const commit = await git('rev-parse', 'HEAD');
  const changes = await git('status', '--porcelain');
  const { champion } = readJson('models/deployment.json') as { champion: { name: string; version: string } };
  const { version: kafkajs } = readJson('node_modules/kafkajs/package.json') as { version: string };
  return {
    date: new Date().toISOString(),
    commit,
    dirty: changes === null ? null : changes !== '',
    model: `${champion.name} ${champion.version}`,
    system: `${platform()} ${release()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadAverageBefore: Math.round(loadavg()[0]! * 10) / 10,
    node: process.version,
    kafkajs,
  };
}

/** A broker that we started is the one that the tests pin; what runs at a given address, kafkajs cannot tell. */
export function describeBroker(origin: KafkaServer['origin']): LoadEnvironment['broker'] {
  if (origin === 'environment') return { version: null, origin };
  const pom = readFileSync(`${root}tests/servers/kafka/pom.xml`, 'utf8');
  const version = /<artifactId>kafka_[\d.]+<\/artifactId><version>([\d.]+)</.exec(pom)?.[1] ?? null;
  return { version, origin };
}

/** Null where this is no checkout, or has no git. */
async function git(...args: string[]): Promise<string | null> {
  const { code, stdout } = await run('git', args, { timeoutMs: 20_000, cwd: root });
  return code === 0 ? stdout.trim() : null;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(`${root}${path}`, 'utf8'));
}
