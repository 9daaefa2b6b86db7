import { setTimeout as sleep } from 'node:timers/promises';
import { TopicOutput } from '../adapters/kafka/topic-output.ts';
import { checkTopics } from '../adapters/kafka/topics.ts';
import { createLogger } from '../adapters/log/logger.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import { FailureError } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { simulateRecords } from '../evaluation/simulate-files.ts';
import type { OutgoingRecord } from '../ports.ts';
import { loadConfigOf } from './load-config.ts';
import { paced, recordsPerSlice } from './paced.ts';
import { formatCounted } from './style.ts';

/** Of the days that events may be behind, one is kept for the shift by whole days. */
const daysMax = Math.floor(limits.eventBehindMsMax / (24 * 3_600_000)) - 1;

type Options = Parameters<typeof simulateRecords>[0];

/**
 * Writes a simulated stream to the topic of events: so many events a second, or as fast as Kafka takes them. Throws `FailureError` where it is not there, or Kafka is not.
 */
export async function runSimulateKafka(
  options: Options,
  configFile: string | undefined,
  perSecond: number | undefined,
): Promise<void> {
  const {
    kafka,
    log: { level },
  } = loadConfigOf(configFile, process.env, ['kafka.brokers']);
  const { events: topic } = kafka.topics;
  const logger = createLogger(level === 'info' ? 'warn' : level, clock, 'stderr');
  const shared = {
    settings: kafka,
    clock,
    log: (at: 'debug' | 'info' | 'warn' | 'error', message: string, fields: object) =>
      logger[at](message, { ...fields }),
  };
  const checked = await checkTopics([topic], shared);
  if (!checked.ok) throw new FailureError(checked.failure);
  const output = new TopicOutput({ ...shared, topic, holds, progress: () => undefined });
  await output.open();
  try {
    const days = Math.min(options.days ?? daysMax, daysMax);
    const send = (records: readonly OutgoingRecord[]) => output.send(records);
    const written = await (perSecond === undefined
      ? simulateRecords({ ...options, days }, clock.nowMs(), send)
      : simulateRecords(
          { ...options, days },
          clock.nowMs(),
          paced(perSecond, send, clock, sleep),
          recordsPerSlice(perSecond),
        ));
    process.stderr.write(`Wrote ${formatCounted(written, 'event')} of ${formatCounted(days, 'day')} to ${topic}.\n`);
  } finally {
    await output.close();
  }
}

/** A broker that does not answer is waited for: whoever waits is told why. */
const holds = {
  begin: () => ({
    tried: ({ message }: { readonly message: string }, waitMs: number) =>
      void process.stderr.write(`Kafka does not take events now, again in ${Math.round(waitMs)} ms: ${message}\n`),
    end: () => undefined,
  }),
  current: () => [],
};
