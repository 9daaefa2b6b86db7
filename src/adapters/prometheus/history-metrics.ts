import { Counter, Gauge, type Registry } from 'prom-client';
import type { HistoryReading } from '../../telemetry.ts';

/** What a history in this process says of its memory: read once, by the first of its metrics, which is rendered first. */
export function registerHistory(registry: Registry, read: () => HistoryReading | undefined): void {
  const registers = [registry];
  const evictions: Counter<'kind' | 'rank'> = new Counter({
    name: 'winnow_history_evictions_total',
    help: 'Entities forgotten because memory was full, by kind and by what was seen of them.',
    labelNames: ['kind', 'rank'],
    registers,
    collect: () => {
      const reading = read();
      if (reading !== undefined) tell(reading);
    },
  });
  const gauge = <L extends string = never>(name: string, help: string, ...labelNames: readonly L[]) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const nextAge = gauge(
    'winnow_history_next_eviction_age_seconds',
    'Event time since the last touch of the entity of a kind that would be forgotten next.',
    'kind',
  );
  const kindBytes = gauge('winnow_history_kind_bytes', 'Bytes of the entities of a kind.', 'kind');
  const bytes = gauge('winnow_history_bytes', 'Bytes allocated for history in this process.');
  const bytesMax = gauge('winnow_history_bytes_max', 'Bytes that history in this process may take.');

  const standingsKept = gauge(
    'winnow_history_standings_kept',
    'Actions that stand for accounts whose history went because there was no room, and that no time ends.',
  );
  const standingsDropped = new Counter({
    name: 'winnow_history_standings_dropped_total',
    help: 'Of these, those that went because there was no room for them either.',
    registers,
  });

  const tell = (reading: HistoryReading): void => {
    bytes.set(reading.bytes);
    bytesMax.set(reading.bytesMax);
    standingsKept.set(reading.standings.kept);
    standingsDropped.reset();
    standingsDropped.inc(reading.standings.dropped);
    evictions.reset();
    nextAge.reset();
    for (const each of reading.kinds) {
      const { kind } = each;
      kindBytes.set({ kind }, each.bytes);
      if (!Number.isNaN(each.nextAgeMs)) nextAge.set({ kind }, each.nextAgeMs / 1_000);
      for (const { rank, count } of each.evictions) evictions.inc({ kind, rank }, count);
    }
  };
}
