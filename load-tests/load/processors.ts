import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sampleNormsFile } from '../../src/app/versions.ts';
import { loadConfigOf } from '../../src/cli/load-config.ts';
import type { KafkaSettings } from '../../src/adapters/kafka/settings.ts';
import { freePort } from '../../tests/servers/ports.ts';
import { startProcess, waitUntilReady, type ServerProcess } from '../../tests/servers/process.ts';
import { CpuMeter, residentMiBMax } from './cpu.ts';

/** A processor under load, in a process of its own. */
export interface Processor {
  readonly pid: number;
  /** The sum of a metric's series, as it says now; null where it has none, or does not answer. */
  metric(name: string): Promise<number | null>;
  readonly cpu: CpuMeter;
  /** Memory that it had at most since its start; null where the system does not tell. */
  residentMiB(): number | null;
  /** Throws when it has ended by itself: nothing will come out any more. */
  assertAlive(): void;
  /** As an operator would: it may finish what it has in hand. */
  stop(): Promise<void>;
  /** As a power cut would. */
  kill(): Promise<void>;
}

export interface ProcessorOptions {
  /** `echo` is what a Kafka client costs alone: see `echo.ts`. */
  readonly program: 'echo' | 'winnow';
  /** What it is configured with, in Winnow's own variables. The echo reads the same. */
  readonly variables: Readonly<Record<string, string>>;
  readonly logPath: string;
}

export interface Wiring {
  readonly brokers: readonly string[];
  readonly events: string;
  readonly decisions: string;
  readonly deadLetters: string;
  /** Absent: none. */
  readonly labels?: string;
  readonly groupId: string;
  /** `all` writes a decision for each event; null leaves what is configured. */
  readonly emit: 'all' | null;
}

const argumentsOf = {
  echo: [fileURLToPath(new URL('echo.ts', import.meta.url))],
  winnow: [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), 'run'],
} as const;
const readyMsMax = 60_000;
const metricsMsMax = 5_000;
/** More than Winnow gives itself to shut down. */
const graceMs = 30_000;

/** They win over what the environment says; everything else of it holds. */
export function variablesFor({
  brokers,
  events,
  decisions,
  deadLetters,
  labels,
  groupId,
  emit,
}: Wiring): Record<string, string> {
  return {
    WINNOW_KAFKA_BROKERS: brokers.join(','),
    WINNOW_KAFKA_GROUP_ID: groupId,
    WINNOW_KAFKA_TOPICS_EVENTS: events,
    WINNOW_KAFKA_TOPICS_DECISIONS: decisions,
    WINNOW_KAFKA_TOPICS_DEAD_LETTERS: deadLetters,
    WINNOW_KAFKA_CONSUMER_START_FROM: 'earliest',
    // The load is of the sample world: without its norms nothing would be blocked.
    WINNOW_NORMS_FILE: sampleNormsFile,
    WINNOW_STATE_KEY_SECRET: randomBytes(16).toString('hex'),
    WINNOW_STATE_KEY_SECRET_FILE: '',
    ...(labels === undefined ? {} : { WINNOW_KAFKA_TOPICS_LABELS: labels }),
    ...(emit === null ? {} : { WINNOW_DECISIONS_EMIT: emit }),
  };
}

/** How the clients of the load itself reach Kafka: as the processors do. */
export function kafkaSettings(variables: Readonly<Record<string, string>>): KafkaSettings {
  return loadConfigOf(process.env['WINNOW_CONFIG'], { ...process.env, ...variables }, ['kafka.brokers']).kafka;
}

/** Resolves once it has its partitions and is ready. It ends with this process, whatever happens to it. */
export async function startProcessor({ program, variables, logPath }: ProcessorOptions): Promise<Processor> {
  const port = await freePort();
  const child = await startProcess({
    command: process.execPath,
    args: argumentsOf[program],
    env: { ...variables, WINNOW_HTTP_HOST: '127.0.0.1', WINNOW_HTTP_PORT: String(port) },
    logPath,
  });
  const cpu = new CpuMeter(child.pid); // from the start: it may be at work before we see that it is ready
  try {
    await waitUntilReady({
      server: program,
      isReady: () => isReady(port),
      hasExited: () => child.hasExited(),
      timeoutMs: readyMsMax,
      logPath,
    });
  } catch (error) {
    cpu.stop();
    await child.kill();
    throw error;
  }
  return processorOf(program, child, cpu, { logPath, port });
}

function processorOf(
  program: string,
  child: ServerProcess,
  cpu: CpuMeter,
  { logPath, port }: { readonly logPath: string; readonly port: number },
): Processor {
  return {
    pid: child.pid,
    metric: (name) => metricOf(name, port),
    cpu,
    residentMiB: () => residentMiBMax(child.pid),
    assertAlive: () => {
      if (child.hasExited()) throw new Error(`${program} ended by itself, with these words:\n${lastLines(logPath)}`);
    },
    stop: async () => {
      cpu.stop();
      await child.stop(graceMs);
    },
    kill: async () => {
      cpu.stop();
      await child.kill();
    },
  };
}

function lastLines(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}

async function metricOf(name: string, port: number): Promise<number | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(metricsMsMax) });
    return sumOfMetric(await answer.text(), name);
  } catch {
    return null;
  }
}

/** From Prometheus' text: the sum of all series of a metric; null where there is none. */
export function sumOfMetric(text: string, name: string): number | null {
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

async function isReady(port: number): Promise<boolean> {
  try {
    const { status } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(1_000) });
    return status === 200;
  } catch {
    return false;
  }
}
