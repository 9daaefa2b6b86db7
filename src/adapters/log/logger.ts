import { destination, pino, stdSerializers } from 'pino';
import type { Clock } from '../../ports.ts';

/** Thresholds, least to most. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one JSON object a line: a sentence for a person under `message`, and fields for a machine. */
export interface Logger {
  debug(sentence: string, fields?: LogFields): void;
  info(sentence: string, fields?: LogFields): void;
  warn(sentence: string, fields?: LogFields): void;
  error(sentence: string, fields?: LogFields): void;
  /** Whether debug lines are written: asked before fields are gathered for one. */
  debugs(): boolean;
}

/** Whatever takes whole lines. */
export interface LogSink {
  write(line: string): unknown;
}

/**
 * Members that are never written, at the first two levels: what an event says, and secrets of a connection. No caller
 * has a reason to log them; this catches one who hands over a whole event or a whole setting.
 */
const withheldMembers =
  'data context ip email phone device_id user_agent username display_name bio password secret token sasl'.split(' ');

/**
 * A logger that writes each line at once: lines are rare here (batches, not events), and the one that tells why the
 * process died must not be lost in a buffer.
 *
 * @param to standard output, standard error, or a writer of lines.
 * @param fields of every line, beside the process id.
 */
export function createLogger(
  level: LogLevel,
  clock: Clock,
  to: 'stdout' | 'stderr' | LogSink,
  fields: LogFields = {},
): Logger {
  const stream = typeof to === 'object' ? { write: (line: string) => void to.write(line) } : destination(streams[to]);
  const log = pino(
    {
      level,
      messageKey: 'message',
      base: { pid: process.pid, ...fields },
      timestamp: () => `,"time":"${new Date(clock.nowMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err },
      redact: { paths: withheldMembers.flatMap((member) => [member, `*.${member}`]), remove: true },
    },
    stream,
  );
  return {
    debug: (sentence, more = {}) => log.debug(more, sentence),
    info: (sentence, more = {}) => log.info(more, sentence),
    warn: (sentence, more = {}) => log.warn(more, sentence),
    error: (sentence, more = {}) => log.error(more, sentence),
    debugs: () => log.isLevelEnabled('debug'),
  };
}

const streams = { stdout: { fd: 1, sync: true }, stderr: { fd: 2, sync: true } } as const;
