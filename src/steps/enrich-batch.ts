import { readFacts, type EventFacts } from '../features/facts.ts';
import type { Reference } from '../features/reference.ts';
import type { DecodedBatch } from './decode-batch.ts';

/** A batch, read, with what its events say: each record is in exactly one of `facts` and `deadLetters`. */
export interface EnrichedBatch extends Omit<DecodedBatch, 'events'> {
  /** Events in the order of the records. */
  readonly facts: readonly EventFacts[];
}

/** Reads what the events say, with what reference data know of it: address, mailbox, phone, client, name. */
export function enrichBatch({ events, ...decoded }: DecodedBatch, reference: Reference): EnrichedBatch {
  return { ...decoded, facts: events.map((event) => readFacts(event, reference)) };
}
