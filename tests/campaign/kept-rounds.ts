import type { Topology } from './topology.ts';

/** Rounds that found something, with what it was: `npm run campaign -- --kept` lives through them again. */
export const keptRounds: readonly {
  readonly seed: number;
  readonly topology: Partial<Topology>;
  readonly faults: readonly string[];
  readonly found: string;
}[] = [
  {
    seed: 101,
    topology: { kafka: 'alone', store: 'valkey', processors: 2, partitions: 4, access: 'proxy' },
    faults: ['kill-valkey', 'silent-brokers', 'freeze-valkey', 'slow-store', 'clock-ahead'],
    // A request to join was lost, and waited for as long as one may take; such a member is given up now.
    found: 'a member whose connections to Kafka were half open was silent for 191 s, and then ended with code 5',
  },
  {
    seed: 2,
    topology: { kafka: 'alone', store: 'embedded', processors: 1, partitions: 1, access: 'proxy' },
    faults: ['fill-disk', 'clock-back', 'kill-processor'],
    found: 'accounts for which an action stood and ended within one batch were kept as if none had',
  },
  {
    seed: 1001,
    topology: { kafka: 'three', store: 'valkey', processors: 2, partitions: 4 },
    faults: ['flood-group', 'deaf-store', 'flood-group', 'kill-leader', 'clock-back', 'grow-topic', 'cut-store'],
    found: 'a consumer that was closed while it joined stayed in its group, with partitions that nobody read any more',
  },
  {
    seed: 201,
    topology: { kafka: 'alone', store: 'shards', processors: 2, partitions: 4, access: 'limited' },
    faults: ['fail-over-shard', 'take-rights', 'kill-processor'],
    found:
      'nobody missed the right to write dead letters, and none was told, where nothing became one: no fault of the product',
  },
  {
    seed: 204,
    topology: { kafka: 'three', store: 'shards', processors: 2, partitions: 4 },
    faults: ['fail-over-shard', 'kill-coordinator'],
    found:
      'what the campaign wrote was acknowledged and not in the topic, where a leader had moved: no fault of the product',
  },
  {
    seed: 1010,
    topology: { kafka: 'alone', store: 'embedded', processors: 1, partitions: 4, access: 'proxy' },
    faults: ['outrun', 'remake-topic'],
    found: 'a topic made anew before anybody could miss what had been deleted from it: no fault of the product',
  },
  {
    seed: 4006,
    topology: { kafka: 'alone', store: 'shards', processors: 3, partitions: 4, access: 'limited' },
    faults: ['kill-processor', 'take-rights', 'outrun'],
    found:
      'what retention had deleted was never told, where partitions were dealt out anew within ten seconds of the jump over it',
  },
  {
    seed: 4012,
    topology: { kafka: 'three', store: 'embedded', processors: 1, partitions: 1, access: 'straight' },
    faults: ['grow-topic', 'freeze-processor', 'clock-back', 'kill-leader', 'clock-back', 'kill-leader'],
    found:
      'a leader whose place another broker took before anything was held was in no metric, but in the log: no fault of the product',
  },
  {
    seed: 4018,
    topology: { kafka: 'alone', store: 'shards', processors: 3, partitions: 4, access: 'proxy' },
    faults: ['silent-brokers', 'clock-back'],
    found: 'a clock that was set back while nothing came from Kafka was told by nobody: no fault of the product',
  },
];
