import { noMalformed, type AccountEvent, type EventDataByType, type EventType } from '../../../src/domain/event.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { emptyObservations } from '../../../src/features/observation.ts';
import { Observer } from '../../../src/features/observe.ts';
import { noReference, type Reference } from '../../../src/features/reference.ts';
import type { GroupBatch } from '../../../src/group-ports.ts';
import { startMs } from '../../contract/group-sightings.ts';

export const hasher = new EntityKeyHasher(new Uint8Array(16).fill(7));

export interface Row {
  readonly event: AccountEvent;
  readonly score?: number;
  readonly standing?: Standing;
}

let serial = 0;

export function eventOf<T extends EventType>(
  type: T,
  subject: string,
  data: EventDataByType[T],
  more: { readonly timeMs?: number; readonly accountCreatedMs?: number } = {},
): AccountEvent {
  return {
    id: `event-${serial++}`,
    source: 'tests',
    type,
    subject,
    timeMs: startMs,
    data,
    malformed: noMalformed,
    ...more,
  } as AccountEvent;
}

/** A signup that shows a device and, where it is given, other things. */
export function signup(subject: string, deviceId: string, more: Partial<EventDataByType['account.signup']> = {}) {
  return eventOf('account.signup', subject, { status: 'succeeded', ...more, context: { device_id: deviceId } });
}

/** A batch as the path has it once it is decided: with a score of 0.9 unless a row says another. */
export function batchOf(rows: readonly Row[], reference: Reference = noReference): GroupBatch {
  const observer = new Observer(hasher);
  const observations = emptyObservations('account-events', 0, rows.length);
  const facts = rows.map(({ event }) => readFacts(event, reference));
  for (const [row, fact] of facts.entries()) observer.observe(fact, row, observations, row);
  return {
    facts,
    observations,
    rows: [...rows.keys()],
    fates: new Uint8Array(rows.length),
    features: new Float32Array(rows.length * featureCount).fill(NaN),
    scores: Float32Array.from(rows, ({ score = 0.9 }) => score),
    standings: rows.map(({ standing }) => standing),
  };
}
