import { access } from 'node:fs/promises';
import { ChangeFile } from '../../adapters/file/change-file.ts';
import type { KafkaLogger } from '../../adapters/kafka/settings.ts';
import type { TopicOutput as TopicOutputType } from '../../adapters/kafka/topic-output.ts';
import { createLogger } from '../../adapters/log/logger.ts';
import { systemClock as clock } from '../../adapters/system/clock.ts';
import { governorSettings } from '../../app/worker/governor.ts';
import { writeSmallFile } from '../../app/write-small-file.ts';
import type { Config } from '../../config/schema.ts';
import { FailureError, type Failure } from '../../domain/failure.ts';
import type { GovernorSettings } from '../../domain/governor.ts';
import type { ListEntry } from '../../domain/list-entry.ts';
import type { EntityKeyHasher } from '../../features/entity-key.ts';
import type { ChangeFollower, ChangeLog, OutgoingRecord } from '../../ports.ts';
import { decodeListEntry, encodeListEntry } from '../../wire/list-schema.ts';
import { loadConfigOf } from '../load-config.ts';
import { formatMs } from '../style.ts';
import { listedEvents, type NamedAccounts } from './listed-events.ts';
import { listHasher } from './lists-of-file.ts';

/** Where a command finds the lists, and writes them. */
export interface ListPlace {
  /** A topic's or a file's name, for people. */
  readonly name: string;
  readonly hasher: EntityKeyHasher;
  /** How much a list may block where it is used. */
  readonly governor: GovernorSettings;
  /** By key of their records. Throws `FailureError`. */
  entries(): Promise<ReadonlyMap<string, ListEntry>>;
  /**
   * Writes changes, null for what goes; all of them are there for good when it resolves. Throws `FailureError`.
   * @param named ids of the accounts that entries name, by key: what an entry keeps of one is a hash, by which nobody finds its owner.
   *   They are decided at once where people's words have a topic; returns how many are.
   */
  write(changes: ReadonlyMap<string, ListEntry | null>, named: NamedAccounts): Promise<number>;
}

/** As all commands on lists take them. */
export interface PlaceOptions {
  /** A file that stands for the topic. */
  readonly file?: string;
  readonly config?: string;
}

/**
 * The file that is named, else the topic of the configuration, else its file. Throws `FailureError`. Without a configuration values are
 * hashed under the key of offline commands: such a file is for replays without one.
 */
export function listPlace({ file, config: configFile }: PlaceOptions): ListPlace {
  const config = loadConfigOf(configFile, process.env, []);
  const hasher = listHasher(config);
  const governor = governorSettings(config);
  const path = file ?? (config.kafka.topics.lists === undefined ? config.lists.file : undefined);
  if (path !== undefined) return filePlace(path, hasher, governor);
  const topic = config.kafka.topics.lists;
  if (topic === undefined) refuse('Neither --file, kafka.topics.lists nor lists.file says where the lists are.');
  if (config.state.keySecret === undefined)
    refuse('state.keySecret is missing: without it nobody who decides would find the entries.');
  return topicPlace(topic, loadConfigOf(configFile, process.env, ['kafka.brokers']), hasher, governor);
}

function refuse(message: string): never {
  throw new FailureError({ code: 'CONFIG_INVALID', message });
}

function filePlace(path: string, hasher: EntityKeyHasher, governor: GovernorSettings): ListPlace {
  const entries = async (): Promise<ReadonlyMap<string, ListEntry>> => {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    return isThere ? readAll(new ChangeFile(path, 0)) : new Map();
  };
  return {
    name: path,
    hasher,
    governor,
    entries,
    write: async (changes) => {
      const after = new Map(await entries());
      for (const [key, entry] of changes) {
        if (entry === null) after.delete(key);
        else after.set(key, entry);
      }
      try {
        await writeSmallFile(path, [...after.values()].map(lineOf).join(''));
      } catch (error) {
        const { message } = error as Error;
        throw new FailureError({ code: 'OUTPUT_UNWRITABLE', message: `${message}.`, path }, { cause: error });
      }
      return 0;
    },
  };
}

/** An entry as a line of a file. */
export function lineOf(entry: ListEntry): string {
  const { key, value } = encodeListEntry(entry);
  return `{"key":${JSON.stringify(key)},"value":${value}}\n`;
}

function topicPlace(
  topic: string,
  { kafka, log: { level } }: Config,
  hasher: EntityKeyHasher,
  governor: GovernorSettings,
): ListPlace {
  const logger = createLogger(level === 'info' ? 'warn' : level, clock, 'stderr');
  const log: KafkaLogger = (at, message, fields) => logger[at](message, fields);
  const shared = { settings: kafka, topic, log, clock };
  return {
    name: topic,
    hasher,
    governor,
    // Where there is a topic alone: the client takes a third of what a command over a file takes in all.
    entries: async () => readAll(new (await import('../../adapters/kafka/compacted-topic.ts')).CompactedTopic(shared)),
    write: async (changes, named) => {
      const records = Array.from(changes, ([key, entry]) => ({
        key,
        value: entry === null ? null : encodeListEntry(entry).value,
        headers: [],
      }));
      await send(shared, records);
      if (kafka.topics.labels === undefined || named.size === 0) return 0;
      // After the entries: what comes of the account meanwhile is held against them already.
      await send({ ...shared, topic: kafka.topics.labels }, listedEvents(named, clock.nowMs()));
      return named.size;
    },
  };
}

async function send(
  shared: Omit<ConstructorParameters<typeof TopicOutputType>[0], 'holds' | 'progress'>,
  records: readonly OutgoingRecord[],
): Promise<void> {
  const { TopicOutput } = await import('../../adapters/kafka/topic-output.ts');
  const output = new TopicOutput({ ...shared, holds, progress: () => undefined });
  await output.open();
  try {
    await output.send(records);
  } finally {
    await output.close();
  }
}

/** A broker that does not answer is waited for: whoever waits is told why. */
const holds = {
  begin: () => ({
    tried: ({ message }: { readonly message: string }, waitMs: number) =>
      void process.stderr.write(`Kafka does not take entries now, again in ${formatMs(waitMs)}: ${message}\n`),
    end: () => undefined,
  }),
  current: () => [],
};

/** For a person: a record that is no entry. */
function passedOver({ message }: Failure): void {
  process.stderr.write(`Passed over: ${message}\n`);
}

async function readAll(log: ChangeLog): Promise<ReadonlyMap<string, ListEntry>> {
  const entries = new Map<string, ListEntry>();
  const follower: ChangeFollower = {
    take: ({ key, value }) => {
      if (value === null) {
        entries.delete(key);
        return;
      }
      const decoded = decodeListEntry(key, value);
      if (decoded.ok) entries.set(key, decoded.value);
      else passedOver(decoded.failure);
    },
    refused: passedOver,
    paused: () => undefined,
    away: () => undefined,
    back: () => undefined,
  };
  try {
    await log.open(follower);
    return entries;
  } finally {
    await log.close();
  }
}
