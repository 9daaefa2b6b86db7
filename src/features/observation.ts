import { limits } from '../domain/limits.ts';
import { elementCount, entityKinds, measureCount } from './state.ts';

/**
 * What a batch of events adds to history, as columns: this is what crosses to a feature store, in process or not.
 * Row `i` is the batch's `i`-th event. Numbers alone: no raw value of an event is here, only keyed hashes.
 */
export interface ObservationBatch {
  readonly count: number;
  /** All events of a batch come from one partition, in its order. With the offset this is the watermark's scale. */
  readonly topic: string;
  readonly partition: number;
  /** Tells the topic from every other that ever had its name; undefined where nobody knows. */
  readonly topicId?: string | undefined;
  /**
   * The newest time that an event of this batch can truly have, milliseconds since the epoch: what is later changes nothing.
   * Infinity where its maker does not know.
   */
  readonly latestMs: number;
  /** Milliseconds that an event of this batch may be behind the newest that history knows: what is further changes nothing. */
  readonly behindMsMax: number;
  /** [count] Kafka offsets, ascending. */
  readonly offsets: Float64Array;
  /** [count] event time, milliseconds since the epoch. */
  readonly timesMs: Float64Array;
  /** [count] keyed hash of source and event id: an account remembers its last ones, so a re-sent event counts once. */
  readonly eventKeys: Uint32Array;
  /** [count × kinds × 2] keyed hash of the entity, high and low half; both 0 where the event does not touch the kind. */
  readonly keys: Uint32Array;
  /** [count × kinds] bit `i` set: add 1 to the kind's `i`-th count; `spanBit` set: the spans move. */
  readonly adds: Uint16Array;
  /** [count × elementCount] element to add to a distinct counter; 0 for none. */
  readonly elements: Uint32Array;
  /** [count × measureCount] value to add to a measure; NaN for none. */
  readonly measures: Float64Array;
  /**
   * [count] what people say of the account, as `labelCodes`. It counts for the account's former label no more, and for the new
   * one at each entity that the account remembers from its signup.
   */
  readonly labels: Uint8Array;
  /** [count] 1 for a signup or a login that did not succeed: it is only tried, or has failed. */
  readonly attempts: Uint8Array;
  /** [count] 1 for a signup that succeeded: the account remembers the entities that it touches. */
  readonly joins: Uint8Array;
  /**
   * [count] 1 where the account asked to be forgotten: the entities that the row names go, as does what others hold of the account
   * and can give back. The row adds nothing.
   */
  readonly erases: Uint8Array;
}

/**
 * What distinct counters are shown of an entity: a part of its key, never 0. The high half, since the low half already chooses the
 * bucket in a store's table.
 */
export function elementOfKey(high: number): number {
  return high === 0 ? 1 : high;
}

/** The place in `labels` of the domain, plus 1. */
export const labelCodes = { none: 0, fake: 1, genuine: 2 } as const;

const accountKey = entityKinds.indexOf('account') * 2;
const keysPerRow = entityKinds.length * 2;

/** The place in `keys` of the first half of the key of an event's account; the other half is behind it. */
export function accountKeyAt(row: number): number {
  return row * keysPerRow + accountKey;
}

/** Columns for `capacity` events, all empty. */
export function emptyObservations(
  topic: string,
  partition: number,
  capacity: number,
  { topicId, ...bounds }: Partial<Pick<ObservationBatch, 'latestMs' | 'behindMsMax' | 'topicId'>> = {},
): ObservationBatch {
  return {
    count: capacity,
    topic,
    partition,
    topicId,
    latestMs: bounds.latestMs ?? Infinity,
    behindMsMax: bounds.behindMsMax ?? limits.eventBehindMsMax,
    offsets: new Float64Array(capacity),
    timesMs: new Float64Array(capacity),
    eventKeys: new Uint32Array(capacity),
    keys: new Uint32Array(capacity * keysPerRow),
    adds: new Uint16Array(capacity * entityKinds.length),
    elements: new Uint32Array(capacity * elementCount),
    measures: new Float64Array(capacity * measureCount).fill(NaN),
    labels: new Uint8Array(capacity),
    attempts: new Uint8Array(capacity),
    joins: new Uint8Array(capacity),
    erases: new Uint8Array(capacity),
  };
}
