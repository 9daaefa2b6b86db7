import type { TestProject } from 'vitest/node';
import { startKafka, type KafkaAddresses, type KafkaServer } from './kafka.ts';
import { ServerUnavailable } from './unavailable.ts';

/** What the integration tests are told about Kafka. Plain data: it crosses a process border. */
export type KafkaOffer =
  ({ available: true; origin: KafkaServer['origin'] } & KafkaAddresses) | { available: false; reason: string };

declare module 'vitest' {
  export interface ProvidedContext {
    kafka: KafkaOffer;
  }
}

/** Runs once, before the first integration test: one Kafka for all of them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  say('Starting Kafka for the integration tests; the first time on a machine this downloads it.');
  try {
    const kafka = await startKafka();
    say(`Kafka (${kafka.origin}) is ready at ${kafka.brokers.join(', ')}.`);
    const { brokers, security, origin } = kafka;
    project.provide('kafka', { available: true, origin, brokers, security });
    return () => kafka.stop();
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    project.provide('kafka', { available: false, reason: error.message });
    return async () => undefined;
  }
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}
