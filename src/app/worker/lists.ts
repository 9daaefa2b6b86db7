import type { TopicsOptions } from '../../adapters/kafka/topics.ts';
import type { Config } from '../../config/schema.ts';
import type { EntityKeyHasher } from '../../features/entity-key.ts';
import { ListBook } from '../../lists/list-book.ts';
import type { ListMatcher } from '../../lists/match.ts';
import type { Telemetry } from '../../telemetry.ts';
import { changeLogOf } from './change-logs.ts';

/** The lists that are in force, and where they come from. */
export interface ListsInForce {
  /** Resolves when all entries are known that are there. Throws `FailureError`. */
  open(): Promise<void>;
  /** The entries as they are now; null where there are none. */
  lease(): ListMatcher | null;
  /** Sentences about lists that are not quite as they are meant to be. @param asked names of those that the policy asks for. */
  notes(asked?: ReadonlySet<string>): readonly string[];
  close(): Promise<void>;
}

export function listsInForce(
  config: Config,
  hasher: EntityKeyHasher,
  kafka: TopicsOptions,
  telemetry: Telemetry,
): ListsInForce {
  const log = changeLogOf({ topic: config.kafka.topics.lists, ...config.lists }, kafka);
  let away: string | null = null;
  const book = new ListBook(hasher, {
    listsAway: (failure) => {
      if (away === null) telemetry.listsAway(failure);
      away = failure.message;
    },
    listsBack: () => {
      away = null;
      telemetry.listsBack();
    },
    listEntryRefused: (failure) => telemetry.listEntryRefused(failure),
    listsChanged: (entries) => telemetry.listsChanged(entries),
  });
  return {
    open: async () => log?.open(book),
    lease: () => book.lease(),
    notes: (asked = new Set()) => [
      ...(away === null ? [] : [`The lists are those of before: ${away}`]),
      ...[...asked].filter((name) => !book.names().has(name)).map(unknownList),
    ],
    close: async () => log?.close(),
  };
}

/** Perhaps only empty: so it is told, and stops nothing. */
function unknownList(name: string): string {
  return `The policy asks for the list ${name}, which has no entry: listed("${name}", …) is false for everybody.`;
}
