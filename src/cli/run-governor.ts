import { readFile, rename, writeFile } from 'node:fs/promises';
import { changeLogOf } from '../app/worker/change-logs.ts';
import { TopicOutput } from '../adapters/kafka/topic-output.ts';
import type { KafkaLogger } from '../adapters/kafka/settings.ts';
import { createLogger } from '../adapters/log/logger.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import type { Config } from '../config/schema.ts';
import type { OverrideEffect } from '../domain/control.ts';
import { FailureError } from '../domain/failure.ts';
import type { Change, Holds } from '../ports.ts';
import {
  causePattern,
  decodeControl,
  encodeControl,
  killSwitchKey,
  overrideKey,
  segmentPattern,
  type ControlRecord,
} from '../wire/control-schema.ts';
import { loadConfigOf } from './load-config.ts';
import { formatMs } from './style.ts';

/** The options of the commands that order something. */
export interface OrderOptions {
  readonly what: 'kill' | 'override' | 'withdraw';
  readonly author?: string;
  readonly reason?: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
  readonly cause?: string;
  readonly segment?: string;
  readonly effect?: OverrideEffect;
  readonly config?: string;
}

/** Writes one order, or takes one back. Throws `FailureError`. */
export async function runOrder(options: OrderOptions): Promise<void> {
  const config = loadConfigOf(options.config, process.env, []);
  const record = recordOf(options);
  const place = await write(config, record.key, record.value);
  process.stdout.write(`${record.key}: ${record.value === null ? 'taken back' : 'ordered'}, in ${place}.\n`);
}

/** Prints what is ordered. Throws `FailureError`. */
export async function runStatus(configFile: string | undefined): Promise<void> {
  const orders = await readOrders(loadConfigOf(configFile, process.env, []));
  if (orders.size === 0) process.stdout.write('Nothing is ordered.\n');
  for (const [key, { order }] of orders) {
    const ends = new Date(order.untilMs).toISOString();
    const state = order.untilMs > clock.nowMs() ? `until ${ends}` : `over since ${ends}`;
    const effect = 'effect' in order ? ` ${order.effect}` : '';
    process.stdout.write(`${key}${effect}: ${state}, by ${order.author}: ${order.reason}\n`);
  }
}

function recordOf(options: OrderOptions): { readonly key: string; readonly value: string | null } {
  const { what, cause, segment = 'all', effect = 'release', author = '', reason = '', until = NaN } = options;
  if (cause !== undefined && !causePattern.test(cause))
    throw invalid(
      'A cause is rule:<id>, model:<name>, list:<name> or group:<kind>, as restrained_by of decisions has it.',
    );
  if (!segmentPattern.test(segment))
    throw invalid('A segment is a country, a kind of provider or of operator, or all.');
  if (what === 'withdraw')
    return { key: cause === undefined ? killSwitchKey : overrideKey({ cause, segment }), value: null };
  if (until <= clock.nowMs()) throw invalid('The end of the order has passed.');
  const order = { author, reason, untilMs: until };
  if (what === 'kill') return encodeControl({ kind: 'kill-switch', order });
  return encodeControl({ kind: 'override', order: { ...order, cause: cause!, segment, effect } });
}

/** Returns where it was written. */
async function write(config: Config, key: string, value: string | null): Promise<string> {
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

async function readOrders(config: Config): Promise<ReadonlyMap<string, ControlRecord>> {
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

function invalid(message: string): FailureError {
  return new FailureError({ code: 'CONTROL_INVALID', message });
}
