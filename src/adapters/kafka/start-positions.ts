import { keyOf } from './assignment.ts';
import type { TopicPartition } from './offsets.ts';
import type { PartitionEnds, PartitionEndsReader } from './partition-ends.ts';
import type { KafkaLogger, KafkaSettings } from './settings.ts';
import { idInNote, noteOf, type TopicIds } from './topic-ids.ts';

/** The next record of a partition. */
export interface Position extends TopicPartition {
  readonly offset: number;
  /** Of which topic that is (`noteOf`); undefined where nobody knows. */
  readonly topicId?: string | undefined;
}

/** What a store that has its own memory of a stream says of it, and is told. */
export interface SourceHistory {
  /** Where it goes on in the partitions that it knows. Asked before the first assignment. */
  readonly next: () => readonly Position[];
  /**
   * A partition ends before that: it was made anew, or lost its end. It is a new one from here on.
   * @param topicId what is known to be of this topic holds
   */
  readonly forget: (topic: string, partition: number, topicId?: string) => void;
  /**
   * What is before these positions will not be read again; of a partition whose topic has another id than history knows, it forgets what it
   * knows. Resolves when it has that for good.
   */
  readonly begin: (positions: readonly Position[]) => Promise<void>;
}

interface Options {
  readonly settings: KafkaSettings;
  readonly topics: readonly string[];
  readonly history: SourceHistory;
  readonly ends: Pick<PartitionEndsReader, 'of' | 'ids'>;
  readonly log: KafkaLogger;
}

/**
 * Where to begin reading so that history has no gap: where it goes on or where the group committed, whichever comes first. A process
 * that was killed has committed more than it wrote down. One that stood still, or lent a partition, lacks what another member did meanwhile.
 */
export class StartPositions {
  readonly #options: Options;
  /** By partition: where history began in this process, or went on. */
  #begun: Map<string, Position> | undefined;
  #finding: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Before the first assignment: asks the brokers, and tells history where it begins. When it rejects, with what the client says, it is to be
   * called again. Called while that is under way, it waits for that: history may write all it has, which takes long.
   */
  find(): Promise<void> {
    this.#finding ??= this.#find().finally(() => (this.#finding = undefined));
    return this.#finding;
  }

  async #find(): Promise<void> {
    if (this.#begun !== undefined) return;
    const { topics, history, ends } = this.#options;
    const ids = await ends.ids(topics);
    const partitions = (await Promise.all(topics.map((topic) => ends.of(topic, ids)))).flat();
    const nexts = this.#nexts();
    const positions = partitions.map((each) => {
      const offset = this.#startOf(each, nexts.get(keyOf(each)), ids);
      return { ...each, offset, topicId: noteOf(each.topic, ids) };
    });
    await history.begin(positions);
    this.#begun = new Map(positions.map((each) => [keyOf(each), each]));
  }

  /**
   * Where partitions are read from that are assigned now: those of which history lacks what the group has behind it from there, and those
   * of which the group has nothing behind it from where this process began, so that it commits what it has settled. The others go on
   * where the group is.
   *
   * @param ids of their topics: of a new one of a name that it knows, history lacks all.
   */
  of(assigned: readonly PartitionEnds[], ids: TopicIds): readonly Position[] {
    const nexts = this.#nexts();
    return assigned.flatMap((ends) => {
      const { topic, partition, low, high, committed } = ends;
      const next = nextIn(nexts.get(keyOf(ends)), ends, ids);
      const from = committed === undefined ? this.#begunAt(ends, ids) : next;
      if (from === undefined || from > high || (committed !== undefined && from >= committed)) return [];
      if (committed !== undefined) this.#tellReadAgain(ends, from);
      return { topic, partition, offset: Math.max(low, from) };
    });
  }

  /** A partition is another one than history knew: it begins with its first record. */
  remade(partition: TopicPartition, topicId: string | undefined): void {
    this.#begun?.set(keyOf(partition), { ...partition, offset: 0, topicId });
  }

  /** Where this process began with a partition; with the first record of one that it began with before its topic was made anew. */
  #begunAt(ends: PartitionEnds, ids: TopicIds): number | undefined {
    const begun = this.#begun?.get(keyOf(ends));
    return nextIn(begun, ends, ids);
  }

  #tellReadAgain({ topic, partition, low, committed }: PartitionEnds, next: number): void {
    const fields = { topic, partition, next, low, committed };
    if (next < low) this.#options.log('error', 'Records that history lacks are deleted: it has a gap.', fields);
    else this.#options.log('info', 'Records that history lacks are read again, for history alone.', fields);
  }

  #nexts(): ReadonlyMap<string, Position> {
    return new Map(this.#options.history.next().map((next) => [keyOf(next), next]));
  }

  /** @param known where history goes on; undefined where it does not know the partition. */
  #startOf(ends: PartitionEnds, known: Position | undefined, ids: TopicIds): number {
    const { settings, log, history } = this.#options;
    const { topic, partition, low, high, former } = ends;
    const next = known?.offset;
    const isOfPresent = known?.topicId !== undefined && !isAnother(known, ids);
    if (former !== undefined && !isOfPresent) {
      log('error', 'The group has read a former topic of this name: history takes the partition for another one.', {
        ...ends,
        next,
      });
      history.forget(topic, partition, noteOf(topic, ids));
      return low;
    }
    const committed = ends.committed === undefined || ends.committed > high ? undefined : ends.committed;
    if (known !== undefined && isAnother(known, ids)) {
      log('error', 'History is of another topic of this name: it takes the partition for another one.', {
        ...ends,
        next,
      });
      return Math.max(low, nextIn(known, ends, ids) ?? committed ?? low);
    }
    const otherwise = Math.max(low, committed ?? (settings.consumer.startFrom === 'earliest' ? low : high));
    if (next === undefined) return otherwise;
    if (next > high) {
      log('error', 'History has more of a partition than there is: it is taken for another one.', { ...ends, next });
      history.forget(topic, partition);
      return otherwise;
    }
    // Where nothing was committed, the last record that history has comes again, so that there is something to commit.
    return Math.max(low, Math.min(next, committed ?? next - 1));
  }
}

function isAnother({ topic, topicId }: Position, ids: TopicIds): boolean {
  const present = noteOf(topic, ids);
  return topicId !== undefined && present !== undefined && topicId !== present;
}

/**
 * Where to go on, by what is known of a partition. Of a topic that was made anew all is lacking. Undefined where nothing is known, and where it is of
 * another cluster: what mirrors a topic copies records that are known under other offsets.
 */
function nextIn(known: Position | undefined, { low }: PartitionEnds, ids: TopicIds): number | undefined {
  if (known === undefined) return undefined;
  if (!isAnother(known, ids)) return known.offset;
  return idInNote(known.topicId, ids) === undefined ? undefined : low;
}
