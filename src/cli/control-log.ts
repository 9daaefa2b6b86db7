import { readFile, rename, writeFile } from 'node:fs/promises';
import { changeLogOf } from '../app/worker/change-logs.ts';
import { TopicOutput } from '../adapters/kafka/topic-output.ts';
import type { KafkaLogger } from '../adapters/kafka/settings.ts';
import { createLogger } from '../adapters/log/logger.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import type { Config } from '../config/schema.ts';
import { FailureError } from '../domain/failure.ts';
import type { Change, Holds } from '../ports.ts';
import { decodeControl, type ControlRecord } from '../wire/control-schema.ts';
import { formatMs } from './style.ts';

/** What people order, for the commands that order: on the control topic, or in the file that stands for it. */

/** Writes one order, or takes one back. Returns where it was written. Throws `FailureError`. */
export async function writeControl(config: Config, key: string, value: string | null): Promise<string> {
  const { topic, file } = placeOf(config);
  if (topic === undefined) {
    await writeToFile(file!, key, value);
    return file!;
  }
  const output = new TopicOutput({ ...kafkaOf(config), holds, progress: () => undefined, topic });
  await output.open();
  try {
    await output.send([{ key, value, headers: [{ name: 'content-type', value: 'application/json' }] }]);
  } finally {
    await output.close();
  }
  return topic;
}

/** Puts a new file in the place of the former: a record a line, one of each key. */
async function writeToFile(file: string, key: string, value: string | null): Promise<void> {
  const former = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new FailureError({ code: 'INPUT_UNREADABLE', message: error.message, path: file });
  });
  const others = former.split('\n').filter((line) => line.trim() !== '' && keyOf(line) !== key);
  if (value !== null) others.push(JSON.stringify({ key, value: JSON.parse(value) as unknown }));
  const unfinished = `${file}.unfinished`;
  try {
    await writeFile(unfinished, others.map((line) => `${line}\n`).join(''), { mode: 0o600, flush: true });
    await rename(unfinished, file);
  } catch (error) {
    throw new FailureError({ code: 'OUTPUT_UNWRITABLE', message: (error as Error).message, path: file });
  }
}

function keyOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { key?: unknown } | null)?.key;
  } catch {
    return undefined;
  }
}

/** What is ordered, by key. Throws `FailureError`. */
export async function readControl(config: Config): Promise<ReadonlyMap<string, ControlRecord>> {
  const { topic, file } = placeOf(config);
  const orders = new Map<string, ControlRecord>();
  const log = changeLogOf({ topic, file, pollMs: 0 }, kafkaOf(config))!;
  await log.open({
    take: ({ key, value }: Change) => {
      const decoded = value === null ? undefined : decodeControl(key, value);
      if (decoded?.ok === true) orders.set(key, decoded.value);
      if (value === null) orders.delete(key);
    },
    refused: ({ message }) => void process.stderr.write(`A record is refused: ${message}\n`),
    paused: () => undefined,
    away: () => undefined,
    back: () => undefined,
  });
  await log.close();
  return orders;
}

function placeOf({ kafka, control }: Config): {
  readonly topic: string | undefined;
  readonly file: string | undefined;
} {
  if (kafka.topics.control !== undefined) return { topic: kafka.topics.control, file: undefined };
  if (control.file !== undefined) return { topic: undefined, file: control.file };
  const message = 'Neither kafka.topics.control nor control.file is named: nobody would read an order.';
  throw new FailureError({ code: 'CONFIG_INVALID', message });
}

/** A broker that does not answer is waited for: whoever waits is told why. */
const holds: Holds = {
  begin: () => ({
    tried: ({ message }, waitMs) =>
      void process.stderr.write(`Kafka does not take the order now, again in ${formatMs(waitMs)}: ${message}\n`),
    end: () => undefined,
  }),
  current: () => [],
};

function kafkaOf({ kafka, log: { level } }: Config) {
  const logger = createLogger(level === 'info' ? 'warn' : level, clock, 'stderr');
  const log: KafkaLogger = (at, message, fields) => logger[at](message, fields);
  return { settings: kafka, log, clock };
}
