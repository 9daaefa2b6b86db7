import { inject } from 'vitest';
import type { KafkaOffer } from './global-setup.ts';
import type { KafkaAddresses, KafkaSecurity, KafkaServer } from './kafka.ts';
import { giveUp, type Skip } from './unavailable.ts';

/** The one Kafka of this test run, shared by all integration tests: use topics and groups of your own. */
export interface SharedKafka extends KafkaAddresses {
  origin: KafkaServer['origin'];
}

/** The Kafka of this run. Where there is none, the test is given up. */
export function requireKafka(context: Skip): SharedKafka {
  return requireOffer(context);
}

/** Its listeners with SASL and with TLS. Where there are none, the test is given up. */
export function requireKafkaSecurity(context: Skip): KafkaSecurity {
  const { security, origin } = requireOffer(context);
  return security ?? giveUp(context, `Kafka from the ${origin} offers no SASL and TLS listeners`);
}

function requireOffer(context: Skip): Extract<KafkaOffer, { available: true }> {
  const offer = inject('kafka');
  return offer.available ? offer : giveUp(context, offer.reason);
}
