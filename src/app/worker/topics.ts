import { checkTopics, createTopics, topicWarnings, type TopicsOptions } from '../../adapters/kafka/topics.ts';
import type { Config } from '../../config/schema.ts';
import { orThrow } from '../versions.ts';

/** Partitions of the topics that `--create-topics` makes. */
const partitionsCreated = 4;
/** Dead letters carry headers beside the largest event. */
const deadLetterBytesMax = 2 * 1024 * 1024;

/** Sees to it that all topics are there, and tells what their settings will do. Throws `FailureError`. */
export async function prepareTopics(options: TopicsOptions, { create }: { readonly create: boolean }): Promise<void> {
  const { topics } = options.settings;
  const names = [...inputsOf(topics), topics.decisions, topics.deadLetters];
  if (create) {
    const missing = names.map((topic) => ({
      topic,
      partitions: partitionsCreated,
      ...(topic === topics.deadLetters ? { messageBytesMax: deadLetterBytesMax } : {}),
    }));
    orThrow(await createTopics(missing, options));
  }
  orThrow(await checkTopics(names, options));
  for (const warning of await topicWarnings(options)) options.log('warn', warning, {});
}

/** What is read: events and, where it is named, what people say of accounts. */
export function inputsOf({ events, labels }: Config['kafka']['topics']): readonly string[] {
  return labels === undefined ? [events] : [events, labels];
}
