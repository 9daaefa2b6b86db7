import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig, type SASLOptions, type logLevel } from 'kafkajs';
import { assertNever, FailureError } from '../../domain/failure.ts';
import type { Clock } from '../../ports.ts';
import { tlsOptions } from '../../net/tls.ts';
import { registerCodecs } from './codecs.ts';
import { closeDeadConnections } from './dead-connections.ts';
import { tokenSource } from './oauth.ts';
import { keepHeaders } from './record-headers.ts';
import { checkRecordBatches } from './record-set.ts';
import { quietRequestQueue } from './request-queue.ts';
import { openSocket } from './sockets.ts';
import type { KafkaLogger, KafkaSettings, SaslSettings } from './settings.ts';

export interface ClientOptions {
  readonly settings: KafkaSettings;
  readonly log: KafkaLogger;
  readonly clock: Clock;
  /** Milliseconds until a request without an answer fails. */
  readonly requestTimeoutMs: number;
  /** How long it looks for a broker or a coordinator that answers; by default each broker once, and one again. */
  readonly search?: { readonly maxRetryTime: number; readonly retries: number };
  /** Opens its connections; unless given, nobody else knows of them. */
  readonly socketFactory?: ISocketFactory;
}

/** Milliseconds that a broker may take over a login: slower than opening a connection, because it may ask elsewhere. */
const authenticationTimeoutMs = 10_000;
/** A login is renewed this long before the broker would end it. */
const reauthenticationThresholdMs = 10_000;

/**
 * A kafkajs client. Throws `FailureError` `CONFIG_INVALID` when settings that look right one by one cannot be used: a
 * file that is not there, an address that kafkajs cannot take.
 */
export function createClient(options: ClientOptions): Kafka {
  const { settings, log, clock, requestTimeoutMs, search, socketFactory = openSocket } = options;
  registerCodecs();
  quietRequestQueue();
  closeDeadConnections();
  keepHeaders();
  checkRecordBatches();
  const bracketed = settings.brokers.find((broker) => broker.startsWith('['));
  if (bracketed !== undefined) {
    // kafkajs splits at the first colon. Brokers that the cluster itself announces by IPv6 address work.
    throw invalid('kafka.brokers', `${bracketed} is an IPv6 address; give a host name that resolves to it.`);
  }
  const config: KafkaConfig = {
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: settings.connectionTimeoutMs,
    authenticationTimeout: authenticationTimeoutMs,
    reauthenticationThreshold: reauthenticationThresholdMs,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    socketFactory,
    // This one is for opening connections, and is nested into every other retry.
    retry: { ...clientRetry(settings), retries: settings.brokers.length, ...search },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => (entry) => forward(log, entry.level, entry.log, entry.namespace),
  };
  if (settings.tls.enabled) config.ssl = tlsOptions('kafka.tls', settings.tls);
  const sasl = saslOptions(settings.sasl, settings.connectionTimeoutMs, clock);
  if (sasl !== undefined) config.sasl = sasl;
  return new kafkajs.Kafka(config);
}

/** Retries inside kafkajs. Jitter of a fifth is its own default; it doubles as ours does. */
export function clientRetry({ retry }: KafkaSettings): {
  initialRetryTime: number;
  maxRetryTime: number;
  multiplier: number;
  factor: number;
  retries: number;
} {
  return {
    initialRetryTime: retry.initialMs,
    maxRetryTime: retry.maxMs,
    multiplier: 2,
    factor: 0.2,
    retries: retry.retriesMax,
  };
}

function saslOptions(sasl: SaslSettings, timeoutMs: number, clock: Clock): SASLOptions | undefined {
  const { mechanism, username, password, oauth } = sasl;
  switch (mechanism) {
    case 'none':
      return undefined;
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512':
      return {
        mechanism,
        username: required('kafka.sasl.username', username),
        password: required('kafka.sasl.password', password?.reveal()),
      };
    case 'oauthbearer': {
      const request = {
        tokenUrl: required('kafka.sasl.oauth.tokenUrl', oauth.tokenUrl),
        clientId: required('kafka.sasl.oauth.clientId', oauth.clientId),
        clientSecret: required('kafka.sasl.oauth.clientSecret', oauth.clientSecret?.reveal()),
        scope: oauth.scope,
        timeoutMs,
      };
      return { mechanism, oauthBearerProvider: tokenSource(request, clock) };
    }
    default:
      return assertNever(mechanism);
  }
}

function required(setting: string, value: string | undefined): string {
  if (value === undefined || value === '') throw invalid(setting, 'It is missing, and kafka.sasl.mechanism needs it.');
  return value;
}

function invalid(setting: string, message: string): FailureError {
  return new FailureError({ code: 'CONFIG_INVALID', message, path: setting });
}

/**
 * kafkajs calls an error what it is about to try again; what it does give up on comes back as a rejection, and is
 * reported there. So its errors are warnings here, and the rest is for those who look for a cause: also an answer that
 * says no (it has a correlation id), which whoever asked deals with, as with every rebalance. Stacks stay away.
 */
function forward(log: KafkaLogger, level: logLevel, entry: Record<string, unknown>, namespace: string): void {
  const { message, timestamp: _timestamp, logger: _logger, stack: _stack, error, ...fields } = entry;
  const reason = error instanceof Error ? error.message : error;
  const isAnswer = 'correlationId' in fields;
  log(level === kafkajs.logLevel.ERROR && !isAnswer ? 'warn' : 'debug', String(message), {
    ...fields,
    ...(reason === undefined ? {} : { error: reason }),
    client: namespace,
  });
}
