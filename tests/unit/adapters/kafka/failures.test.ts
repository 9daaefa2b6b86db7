import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { CodecError } from '../../../../src/adapters/kafka/codecs.ts';
import { FailureError } from '../../../../src/domain/failure.ts';
import { classify, CredentialsRefused } from '../../../../src/adapters/kafka/failures.ts';

/** As kafkajs makes it from an answer of a broker. */
function protocolError(code: number, type: string, retriable: boolean): Error {
  return new kafkajs.KafkaJSProtocolError(Object.assign(new Error(`${type} in words`), { code, type, retriable }));
}

function connectionError(code?: string): Error {
  return new kafkajs.KafkaJSConnectionError('Connection error: in words', {
    broker: 'b:1',
    ...(code === undefined ? {} : { code }),
  });
}

/** What kafkajs wraps around an error that it has tried several times. */
function givenUp(error: Error): Error {
  return Object.assign(new kafkajs.KafkaJSNonRetriableError(error), { cause: error });
}

const make = <T>(type: new () => T, message: string): T => new (type as unknown as new (message: string) => T)(message);

describe('classification of failures', () => {
  it.each([
    // What is away, and comes back.
    ['a refused connection', connectionError('ECONNREFUSED'), 'BROKER_UNREACHABLE', 'always'],
    ['a name that is not found', connectionError('ENOTFOUND'), 'BROKER_UNREACHABLE', 'always'],
    ['a connection that timed out', connectionError(), 'BROKER_UNREACHABLE', 'always'],
    ['a closed connection', new kafkajs.KafkaJSConnectionError('Closed connection'), 'BROKER_UNREACHABLE', 'always'],
    [
      'a request without an answer',
      new kafkajs.KafkaJSRequestTimeoutError('timed out'),
      'BROKER_UNREACHABLE',
      'always',
    ],
    [
      'a start with a slow clock',
      new FailureError({ code: 'CLOCK_BEHIND', message: 'slow' }),
      'CLOCK_BEHIND',
      'always',
    ],
    ['a lock of the client', make(kafkajs.KafkaJSLockTimeout, 'lock'), 'BROKER_UNREACHABLE', 'always'],
    ['no coordinator', make(kafkajs.KafkaJSGroupCoordinatorNotFound, 'none'), 'BROKER_UNREACHABLE', 'always'],
    ['no broker in the pool', make(kafkajs.KafkaJSBrokerNotFound, 'none'), 'BROKER_UNREACHABLE', 'always'],
    ['a broker that is not available', protocolError(8, 'BROKER_NOT_AVAILABLE', false), 'BROKER_UNREACHABLE', 'always'],
    ['a leader that moved', protocolError(6, 'NOT_LEADER_FOR_PARTITION', true), 'SEND_FAILED', 'always'],
    ['too few replicas', protocolError(19, 'NOT_ENOUGH_REPLICAS', true), 'SEND_FAILED', 'always'],
    ['an error without a word', protocolError(-1, 'UNKNOWN', false), 'SEND_FAILED', 'always'],
    ['an exceeded quota', protocolError(89, 'KAFKAJS_UNKNOWN_ERROR_CODE', false), 'SEND_FAILED', 'always'],
    // The group: another membership helps.
    ['a rebalance', protocolError(27, 'REBALANCE_IN_PROGRESS', false), 'SEND_FAILED', 'always'],
    ['an old generation', protocolError(22, 'ILLEGAL_GENERATION', false), 'SEND_FAILED', 'always'],
    ['an unknown member', protocolError(25, 'UNKNOWN_MEMBER_ID', false), 'SEND_FAILED', 'always'],
    // Topics.
    ['a topic that is missing', protocolError(3, 'UNKNOWN_TOPIC_OR_PARTITION', true), 'TOPIC_MISSING', 'always'],
    ['a topic that cannot be', protocolError(17, 'INVALID_TOPIC_EXCEPTION', false), 'TOPIC_MISSING', 'never'],
    // A person has to act.
    ['no right to a topic', protocolError(29, 'TOPIC_AUTHORIZATION_FAILED', false), 'BROKER_AUTHORIZATION', 'never'],
    ['no right to a group', protocolError(30, 'GROUP_AUTHORIZATION_FAILED', false), 'BROKER_AUTHORIZATION', 'never'],
    [
      'no right to a cluster',
      protocolError(31, 'CLUSTER_AUTHORIZATION_FAILED', false),
      'BROKER_AUTHORIZATION',
      'never',
    ],
    ['refused credentials', protocolError(58, 'SASL_AUTHENTICATION_FAILED', false), 'BROKER_AUTHENTICATION', 'few'],
    ['a failed login', make(kafkajs.KafkaJSSASLAuthenticationError, 'no'), 'BROKER_AUTHENTICATION', 'few'],
    ['a token that is refused', new CredentialsRefused('no'), 'BROKER_AUTHENTICATION', 'few'],
    ['an unknown mechanism', protocolError(33, 'UNSUPPORTED_SASL_MECHANISM', false), 'BROKER_AUTHENTICATION', 'few'],
    ['an own certificate', connectionError('DEPTH_ZERO_SELF_SIGNED_CERT'), 'BROKER_AUTHENTICATION', 'few'],
    ['another name', connectionError('ERR_TLS_CERT_ALTNAME_INVALID'), 'BROKER_AUTHENTICATION', 'few'],
    ['an old certificate', connectionError('CERT_HAS_EXPIRED'), 'BROKER_AUTHENTICATION', 'few'],
    ['a record too large', protocolError(10, 'MESSAGE_TOO_LARGE', false), 'SEND_FAILED', 'never'],
    ['an invalid record', protocolError(87, 'INVALID_RECORD', false), 'SEND_FAILED', 'never'],
    ['a batch that cannot be read', new CodecError('no'), 'SEND_FAILED', 'never'],
    ['a codec that is not known', make(kafkajs.KafkaJSNotImplemented, 'no'), 'SEND_FAILED', 'never'],
    // Nobody knows.
    ['a fault inside the client', new TypeError('undefined is not an object'), 'SEND_FAILED', 'few'],
    ['something that is no error', 'words', 'SEND_FAILED', 'few'],
    ['nothing', undefined, 'SEND_FAILED', 'few'],
  ] as const)('%s', (_what, error, code, retry) => {
    expect(classify(error, 'SEND_FAILED')).toMatchObject({ failure: { code }, retry });
    if (!(error instanceof Error)) return;
    expect(classify(givenUp(givenUp(error)), 'SEND_FAILED'), 'wrapped').toMatchObject({ failure: { code }, retry });
  });

  it.each([
    [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    [46, 'DUPLICATE_SEQUENCE_NUMBER'],
    [47, 'INVALID_PRODUCER_EPOCH'],
    [49, 'INVALID_PRODUCER_ID_MAPPING'],
    [59, 'UNKNOWN_PRODUCER_ID'],
  ])('a broken sequence (%i %s) wants a fresh producer, and is tried again', (code, type) => {
    expect(classify(protocolError(code, type, false), 'SEND_FAILED')).toMatchObject({ retry: 'always', fresh: true });
  });

  it('keeps the producer for what passes by itself', () => {
    expect(classify(connectionError('ECONNRESET'), 'SEND_FAILED').fresh).toBe(false);
  });

  it('takes the first of several failures about topics', () => {
    const refused = protocolError(29, 'TOPIC_AUTHORIZATION_FAILED', false);
    const all = new kafkajs.KafkaJSAggregateError('Topic creation errors', [refused]);
    expect(classify(all, 'SEND_FAILED').failure.code).toBe('BROKER_AUTHORIZATION');
  });

  it('says what happened in one line, without a stack', () => {
    const { failure } = classify(givenUp(new Error('first line\n    at second (file.js:1:2)')), 'SEND_FAILED');
    expect(failure.message).toBe('first line at second (file.js:1:2).');
  });

  it('ends with errors that are their own cause', () => {
    const error = new Error('round');
    error.cause = error;
    expect(classify(error, 'SEND_FAILED').retry).toBe('few');
  });
});
