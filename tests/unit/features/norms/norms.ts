import { eventTypes, type EventType } from '../../../../src/domain/event.ts';
import { definitionHashes, featureColumn } from '../../../../src/features/catalogue.ts';
import { featureCount } from '../../../../src/features/extract.ts';
import type { Distribution, Norms, TypeNorms } from '../../../../src/features/norms/norms.ts';

/** Norms of two features, for tests. */

export const described = ['account_events_24h', 'account_age_h'] as const;
export const columns = Int32Array.from(described, (name) => featureColumn(name)!);

export const nothing: Distribution = { missing: 1, values: [], below: [], upTo: [] };

export function typeNorms(distributions: readonly Distribution[], events = 1_000): TypeNorms {
  return { events, sampledEvents: events, sampledAccounts: events, distributions };
}

export function normsOf(
  types: Partial<Record<EventType, TypeNorms>>,
  all: TypeNorms,
  more: Partial<Norms> = {},
): Norms {
  return {
    version: '2026-11-24-00000000',
    sha256: 'a'.repeat(64),
    window: { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 10, 24) },
    events: 10_000,
    accounts: 1_000,
    budget: 0.005,
    features: Array.from(described, (name, at) => ({ name, definition: definitionHashes[columns[at]!]! })),
    types,
    all,
    scores: [],
    ...more,
  };
}

/** A catalogue row of one event. */
export function rowOf(type: EventType, ...values: readonly number[]): Float32Array {
  const row = new Float32Array(featureCount).fill(NaN);
  row[featureColumn('event_type')!] = eventTypes.indexOf(type);
  for (const [at, value] of values.entries()) row[columns[at]!] = value;
  return row;
}
