import type { Listed } from '../domain/listed.ts';
import { silence } from '../features/entity-evidence.ts';
import type { EventFacts } from '../features/facts.ts';
import type { ListMatcher } from '../lists/match.ts';

/** By row, the entries of lists that hold for its event. */
export type ListedRows = ReadonlyMap<number, Listed>;

/**
 * Holds the events of a batch against the lists, and takes out of the matrix what speaks of an entity that is let through.
 * @param nowMs what expiry is held against; null: each event's own time, so that a replay gives the same on every day
 */
export function listBatch(
  matcher: Pick<ListMatcher, 'match'>,
  facts: readonly EventFacts[],
  features: Float32Array,
  nowMs: number | null,
): ListedRows {
  const rows = new Map<number, Listed>();
  for (const [row, one] of facts.entries()) {
    const listed = matcher.match(one, nowMs ?? one.event.timeMs);
    if (listed === undefined) continue;
    rows.set(row, listed);
    for (const { kind, type } of listed.entries) if (kind === 'allow') silence(features, row, type);
  }
  return rows;
}

/** Events that were found on each list. */
export function hitsByList(rows: ListedRows): ReadonlyMap<string, number> {
  const hits = new Map<string, number>();
  for (const { entries } of rows.values())
    for (const list of new Set(entries.map((entry) => entry.list))) hits.set(list, (hits.get(list) ?? 0) + 1);
  return hits;
}
