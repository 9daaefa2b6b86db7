import {
  checkTopics,
  checkUndivided,
  createTopics,
  topicWarnings,
  type TopicsOptions,
} from '../../adapters/kafka/topics.ts';
import { topicsNamed } from '../../domain/topics.ts';
import { orThrow } from '../versions.ts';

/** Partitions of the topics that `--create-topics` makes. */
const partitionsCreated = 4;

/** Sees to it that all topics are there, and tells what their settings will do. Throws `FailureError`. */
export async function prepareTopics(options: TopicsOptions, { create }: { readonly create: boolean }): Promise<void> {
  const named = topicsNamed(options.settings.topics);
  if (create) {
    const missing = named.map(({ topic, row: { messageBytesMax, isCompacted } }) => ({
      topic,
      // Of one that every member reads whole, one partition keeps the order of all its records.
      partitions: isCompacted === true ? 1 : partitionsCreated,
      ...(messageBytesMax === undefined ? {} : { messageBytesMax }),
      ...(isCompacted === true ? { isCompacted } : {}),
    }));
    orThrow(await createTopics(missing, options));
  }
  const names = named.map(({ topic }) => topic);
  orThrow(await checkTopics(names, options));
  const compacted = named.filter(({ row }) => row.isCompacted === true).map(({ topic }) => topic);
  orThrow(await checkUndivided(compacted, options));
  for (const warning of await topicWarnings(options)) options.log('warn', warning, {});
}
