import kafkajs from 'kafkajs';
import { FailureError, type Failure, type FailureCode } from '../../domain/failure.ts';
import { isCertificateError } from '../../net/tls.ts';
import { CodecError } from './codecs.ts';

/**
 * Whether to try again.
 * - `always`: it passes, or an operator makes it pass; waiting loses nothing.
 * - `few`: nobody has classified it. Most such errors are races inside the client when a broker goes away, and pass with
 *   a fresh connection; one that comes back every time does not.
 * - `never`: a person has to change something first.
 */
export type Retry = 'always' | 'few' | 'never';

export interface KafkaFailure {
  readonly failure: Failure;
  readonly retry: Retry;
  /** Sequence numbers of the idempotent producer are in doubt, or the client is: go on with a fresh one. */
  readonly fresh: boolean;
}

/** The broker, or who answers for it, knows the client and says no. */
export class CredentialsRefused extends kafkajs.KafkaJSNonRetriableError {}

/** Tries for errors that nobody has classified. */
export const fewRetriesMax = 5;

/**
 * What an error out of the client means. Total: any value gives an answer. It goes by class and by Kafka's error number,
 * never by names in texts; where it says otherwise than the client's own `retriable`, the table tells why.
 *
 * @param otherwise the code for errors that say nothing of network, credentials, rights or topics
 */
export function classify(error: unknown, otherwise: FailureCode): KafkaFailure {
  const cause = rootCause(error);
  const { code, retry, fresh, remark } = verdictOf(cause);
  const message = remark === undefined ? oneLine(cause) : `${oneLine(cause)} ${remark}`;
  return { failure: { code: code ?? otherwise, message }, retry, fresh: fresh ?? false };
}

interface Verdict {
  /** Absent: the caller knows better which of its operations failed. */
  readonly code?: FailureCode;
  readonly retry: Retry;
  readonly fresh?: boolean;
  /** A sentence where the brokers' own does not say what to look at. */
  readonly remark?: string;
}

const unreachable: Verdict = { code: 'BROKER_UNREACHABLE', retry: 'always' };
// kafkajs reports a connection that closes during a login as refused credentials, and says in words alone which of the two
// it was. So a few tries; a refusal comes back each time.
const unauthenticated: Verdict = { code: 'BROKER_AUTHENTICATION', retry: 'few' };
const unauthorized: Verdict = { code: 'BROKER_AUTHORIZATION', retry: 'never' };
const transient: Verdict = { retry: 'always' };
// Of a start that has to read what may not be passed over: the clock is set, or gets there by itself.
const clockBehind: Verdict = { code: 'CLOCK_BEHIND', retry: 'always' };
const brokenSequence: Verdict = { retry: 'always', fresh: true };
const hopeless: Verdict = { retry: 'never' };
const unclassified: Verdict = { retry: 'few', fresh: true };

const wrongDate =
  "Check this machine's clock against the brokers', and the topic's message.timestamp.after.max.ms and message.timestamp.before.max.ms.";

/**
 * By Kafka's error number (kafka.apache.org/protocol#protocol_error_codes). Numbers that are not here go by the client's
 * own `retriable`, which is the protocol's.
 */
const verdictByErrorCode: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  // The broker failed in a way that it has no word for. The protocol says fatal; but nothing of ours is at fault, and
  // stopping would not mend it.
  [-1, transient],
  // UNKNOWN_TOPIC_OR_PARTITION: metadata lags behind a creation, or an operator creates the topic next.
  [3, { code: 'TOPIC_MISSING', retry: 'always' }],
  // BROKER_NOT_AVAILABLE: fatal by the protocol, and yet it is what a restart of a broker looks like.
  [8, unreachable],
  // INVALID_TOPIC_EXCEPTION: no such name can exist.
  [17, { code: 'TOPIC_MISSING', retry: 'never' }],
  // Membership of the group: fatal for this membership, but a new member may join. Never fatal for the process.
  ...([16, 22, 25, 27, 79, 82] as const).map((code) => [code, transient] as const),
  // Rights on a topic, a group, the cluster, a transactional id, a delegation token.
  ...([29, 30, 31, 53, 65] as const).map((code) => [code, unauthorized] as const),
  // Mechanism not enabled, SASL where none is spoken or the other way round, security disabled, credentials refused.
  ...([33, 34, 54, 58] as const).map((code) => [code, unauthenticated] as const),
  // NOT_CONTROLLER: it has just moved.
  [41, transient],
  // INVALID_TIMESTAMP: passes when the clock or the topic is set right. By default a topic takes what is dated an hour ahead at most.
  [32, { retry: 'always', remark: wrongDate }],
  // Sequence, epoch or producer id do not fit what the broker remembers. Fatal for that producer, not for its successor.
  ...([45, 46, 47, 49, 59, 90] as const).map((code) => [code, brokenSequence] as const),
  // THROTTLING_QUOTA_EXCEEDED: not in the client's table; it passes.
  [89, transient],
]);

function verdictOf(error: unknown): Verdict {
  if (error instanceof CodecError) return hopeless; // the same bytes come again
  if (error instanceof FailureError && error.failure.code === 'CLOCK_BEHIND') return clockBehind;
  if (error instanceof kafkajs.KafkaJSProtocolError) {
    return verdictByErrorCode.get(error.code) ?? (error.retriable ? transient : hopeless);
  }
  if (error instanceof kafkajs.KafkaJSSASLAuthenticationError || error instanceof CredentialsRefused)
    return unauthenticated;
  if (error instanceof kafkajs.KafkaJSConnectionError) {
    return 'code' in error && isCertificateError(String(error.code)) ? unauthenticated : unreachable;
  }
  // Not retriable by its class: it stands for "nobody knows where the group lives", which is so while brokers start.
  if (error instanceof kafkajs.KafkaJSGroupCoordinatorNotFound) return unreachable;
  // Not retriable by its class: a lock of the client that was waited for in vain. What it waits for is a connection.
  if (error instanceof kafkajs.KafkaJSTimeout || error instanceof kafkajs.KafkaJSLockTimeout) return unreachable;
  if (error instanceof kafkajs.KafkaJSNotImplemented) return hopeless; // a codec or a protocol that it does not know
  if (error instanceof kafkajs.KafkaJSServerDoesNotSupportApiKey) return hopeless; // a broker too old
  // Request timed out, broker not found, metadata not loaded, no broker available: all of it is a broker that is away.
  if (error instanceof kafkajs.KafkaJSError && error.retriable) return unreachable;
  return unclassified;
}

/** The address, `host:port`, at which no connection came about or held; undefined where the error is about something else. */
export function brokenConnection(error: unknown): string | undefined {
  const cause = rootCause(error);
  return cause instanceof kafkajs.KafkaJSConnectionError ? cause.broker : undefined;
}

/**
 * What of its own a broker refuses a record batch for, however often it is sent.
 * - `size`: it, or a record in it, is larger than the topic takes (`max.message.bytes`) or than its segments are.
 * - `content`: it is not what the topic holds. A compacted topic wants keys.
 */
export type Refusal = 'size' | 'content';

const refusalByErrorCode: ReadonlyMap<number, Refusal> = new Map([
  [10, 'size'], // MESSAGE_TOO_LARGE
  [18, 'size'], // RECORD_LIST_TOO_LARGE
  [87, 'content'], // INVALID_RECORD
]);

/** Undefined: the error is about something else than the records. */
export function refusalOf(error: unknown): Refusal | undefined {
  const cause = rootCause(error);
  return cause instanceof kafkajs.KafkaJSProtocolError ? refusalByErrorCode.get(cause.code) : undefined;
}

/** The client wraps what it gives up on, several times over; the first of the chain is what happened. */
function rootCause(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 16; depth += 1) {
    const next = innerOf(current);
    if (next === undefined) return current;
    current = next;
  }
  return current;
}

function innerOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  if (error.cause instanceof Error) return error.cause;
  // Several operations on topics at once: the first that failed speaks for all.
  if (error instanceof kafkajs.KafkaJSAggregateError) return error.errors.find((each) => each instanceof Error);
  return undefined;
}

/** The text of an error without its stack, on one line of bounded length. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.constructor.name : String(error);
  const line = text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
