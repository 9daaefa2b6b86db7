import { ChangeFile } from '../../adapters/file/change-file.ts';
import { CompactedTopic } from '../../adapters/kafka/compacted-topic.ts';
import type { TopicsOptions } from '../../adapters/kafka/topics.ts';
import type { ChangeLog } from '../../ports.ts';

/** Where a log of changes is: a topic, or a file that stands for one. */
export interface ChangeLogPlace {
  readonly topic: string | undefined;
  readonly file?: string | undefined;
  /** How often a file is looked at, milliseconds. */
  readonly pollMs: number;
}

/** The log of changes that is configured, the topic before the file; undefined where there is none. */
export function changeLogOf({ topic, file, pollMs }: ChangeLogPlace, kafka: TopicsOptions): ChangeLog | undefined {
  if (topic !== undefined) return new CompactedTopic({ ...kafka, topic });
  return file === undefined ? undefined : new ChangeFile(file, pollMs);
}
