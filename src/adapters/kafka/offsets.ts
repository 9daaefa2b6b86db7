import assert from 'node:assert/strict';
import type { IncomingRecord } from '../../ports.ts';

/**
 * Which offsets may be committed: those below the first record that has no fate yet. Pure bookkeeping; the consumer asks
 * it and talks to Kafka.
 *
 * A partition is a line of spans `[from, next)`, each opened when its records are handed out and settled when they have a
 * fate. What lies between two spans (compacted records, control records of transactions, aborted ones) has no fate to
 * wait for: a settled span reaches back to the end of the one before it.
 *
 *      settled   settled     open      settled        committable = from of the first open span
 *     [10 … 15) [15 … 20)  [22 … 30)  [30 … 35)       here: 20, and after the open one settles: 35
 */
export class OffsetTracker {
  #partitions = new Map<string, PartitionOffsets>();

  /** Forgets everything: a rebalance gave new partitions. Spans opened before may still be settled, without effect. */
  reset(): void {
    this.#partitions = new Map();
  }

  partition(topic: string, partition: number): PartitionOffsets {
    const key = `${topic}/${partition}`;
    let offsets = this.#partitions.get(key);
    if (offsets === undefined) {
      offsets = new PartitionOffsets(topic, partition);
      this.#partitions.set(key, offsets);
    }
    return offsets;
  }

  /** The end of what may be committed of a partition; undefined when nothing of it has been seen. */
  position(topic: string, partition: number): number | undefined {
    return this.#partitions.get(`${topic}/${partition}`)?.position;
  }

  /** What may be committed and has not been. */
  pending(): CommittableOffset[] {
    const pending: CommittableOffset[] = [];
    for (const { topic, partition, position, committed } of this.#partitions.values()) {
      if (position !== undefined && position !== committed) pending.push({ topic, partition, offset: position });
    }
    return pending;
  }

  /** These were committed. Partitions that are gone meanwhile are passed over. */
  committed(offsets: readonly CommittableOffset[]): void {
    for (const { topic, partition, offset } of offsets) {
      const known = this.#partitions.get(`${topic}/${partition}`);
      if (known !== undefined && offset <= (known.position ?? -1)) known.committed = offset;
    }
  }
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Offsets that reading jumped over: from `from` up to, not including, `next`. */
export interface Gap {
  readonly from: number;
  readonly next: number;
}

/** `offset` is the next record to be read, as Kafka wants it, and not the last one that was. */
export interface CommittableOffset extends TopicPartition {
  readonly offset: number;
}

/** Records that were handed out together. */
export interface OpenSpan {
  /** All of them have a fate. */
  settle(): void;
  /** They were given back, and will be fetched again. For the last span of its partition. */
  withdraw(): void;
}

interface Span {
  readonly from: number;
  readonly next: number;
  settled: boolean;
}

export class PartitionOffsets {
  readonly topic: string;
  readonly partition: number;
  committed: number | undefined;
  /** Milliseconds since the epoch, by the timestamps of records: what was written before is decided. Undefined where none came yet. */
  decidedUpToMs: number | undefined;
  #position: number | undefined;
  #begun: number | undefined;
  /** Open spans, and settled ones behind an open one, in the order of offsets. */
  readonly #spans: Span[] = [];

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  get position(): number | undefined {
    return this.#position;
  }

  /** The record that should come next; undefined where nobody has said. What comes later has jumped over some, what comes earlier gone back. */
  get expected(): number | undefined {
    return this.#spans.at(-1)?.next ?? this.#position ?? this.#begun;
  }

  /** The partition is read from here on. What was known of it does not hold any more; no span is open. */
  begin(offset: number | undefined): void {
    assert(this.#spans.length === 0, 'a partition begins anew when nothing of it is under way');
    this.#position = undefined;
    this.committed = undefined;
    this.#begun = offset;
  }

  /** Records from `from` up to, not including, `next` are handed out. */
  open(from: number, next: number): OpenSpan {
    assert(from < next, 'a span holds a record');
    assert(from >= this.#end(), 'spans are opened in the order of the partition');
    const span: Span = { from, next, settled: false };
    this.#spans.push(span);
    return { settle: () => this.#settle(span), withdraw: () => this.#withdraw(span) };
  }

  /** All before this record is decided, whether or not it is itself. One without a timestamp says nothing. */
  decidedUpTo(record: Pick<IncomingRecord, 'timestampMs'> | undefined): void {
    if (record !== undefined && !Number.isNaN(record.timestampMs)) this.decidedUpToMs = record.timestampMs;
  }

  /** There are no records below `next` but those that were handed out: control records, compacted ones. */
  skip(next: number): void {
    const end = this.#end();
    if (next > end) this.open(end, next).settle();
  }

  #end(): number {
    return this.#spans.at(-1)?.next ?? this.#position ?? 0;
  }

  #settle(span: Span): void {
    assert(!span.settled, 'a span is settled once');
    span.settled = true;
    let first = this.#spans[0];
    while (first?.settled === true) {
      this.#position = first.next;
      this.#spans.shift();
      first = this.#spans[0];
    }
  }

  #withdraw(span: Span): void {
    assert(!span.settled && this.#spans.at(-1) === span, 'only the last span is withdrawn, and before it is settled');
    this.#spans.pop();
  }
}
