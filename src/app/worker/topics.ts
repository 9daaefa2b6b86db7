import {
  checkTopics,
  checkUndivided,
  createTopics,
  topicWarnings,
  type TopicsOptions,
} from '../../adapters/kafka/topics.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkRights, needsOf } from '../../adapters/kafka/rights.ts';
import { describeFailure, failed, type Result } from '../../domain/failure.ts';
import { topicsNamed } from '../../domain/topics.ts';
import { backoffMs } from '../../net/backoff.ts';
import { orThrow } from '../versions.ts';

/** Partitions of the topics that `--create-topics` makes. */
const partitionsCreated = 4;

/** For so many times, so long apart: ten seconds. */
const triesMax = 20;
const betweenMs = 500;

/** Between two looks for brokers that are not there yet. */
const backoff = { initialMs: 500, maxMs: 5_000 };

interface PrepareOptions {
  readonly create: boolean;
  /** Called at each try. */
  readonly progress: () => void;
}

/**
 * Waits for the brokers, as long as the settings say; then sees to it that all topics are there and that we may use them, and tells what
 * their settings will do. Throws `FailureError`.
 */
export async function prepareTopics(options: TopicsOptions, { create, progress }: PrepareOptions): Promise<void> {
  const named = topicsNamed(options.settings.topics);
  const { settings } = options;
  // A broker that was there a moment ago may be away at any of these.
  const reached = (check: () => Promise<Result<void>>): Promise<Result<void>> => whenReached(check, options, progress);
  orThrow(await reached(() => checkRights(needsOf(settings.topics), settings.groupId, options)));
  if (create) {
    const missing = named.map(({ topic, row: { messageBytesMax, isCompacted } }) => ({
      topic,
      // Of one that every member reads whole, one partition keeps the order of all its records.
      partitions: isCompacted === true ? 1 : partitionsCreated,
      ...(messageBytesMax === undefined ? {} : { messageBytesMax }),
      ...(isCompacted === true ? { isCompacted } : {}),
    }));
    // A topic that was just made is not known to every broker yet.
    orThrow(await whenThere(() => reached(() => createTopics(missing, options))));
    orThrow(
      await whenThere(() =>
        reached(() =>
          checkTopics(
            named.map(({ topic }) => topic),
            options,
          ),
        ),
      ),
    );
    orThrow(await whenThere(() => reached(() => checkUndivided(compactedOf(named), options))));
  }
  const names = named.map(({ topic }) => topic);
  orThrow(await reached(() => checkTopics(names, options)));
  orThrow(await reached(() => checkUndivided(compactedOf(named), options)));
  for (const warning of await topicWarnings(options)) options.log('warn', warning, {});
}

function compactedOf(named: ReturnType<typeof topicsNamed>): readonly string[] {
  return named.flatMap(({ topic, row }) => (row.isCompacted === true ? [topic] : []));
}

/** Tries again as long as no broker answers and there is time. */
async function whenReached(
  check: () => Promise<Result<void>>,
  { settings: { startWaitMs }, clock, log }: TopicsOptions,
  progress: () => void,
): Promise<Result<void>> {
  const startMs = clock.monotonicMs();
  for (let attempt = 1; ; attempt++) {
    progress();
    const result = await check();
    if (result.ok || result.failure.code !== 'BROKER_UNREACHABLE') return result;
    const waitMs = backoffMs(attempt, backoff, Math.random());
    if (clock.monotonicMs() - startMs + waitMs > startWaitMs) {
      const { code, message } = result.failure;
      return failed(code, `${message} The start has waited for it for ${startWaitMs / 1_000} s (kafka.startWaitMs).`);
    }
    log('warn', 'Kafka is not there yet; the start waits for it.', {
      failure: describeFailure(result.failure),
      waitMs: Math.round(waitMs),
    });
    await sleep(waitMs);
  }
}

/** Tries again as long as a topic is said to be missing. */
async function whenThere(check: () => Promise<Result<void>>): Promise<Result<void>> {
  for (let attempt = 1; ; attempt++) {
    const result = await check();
    if (result.ok || result.failure.code !== 'TOPIC_MISSING' || attempt === triesMax) return result;
    await sleep(betweenMs);
  }
}
