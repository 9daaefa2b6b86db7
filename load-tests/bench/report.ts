import type { ComparedFigure, Figure } from '../last-results.ts';
import { formatNumber, formatTable } from '../table.ts';
import type { EmbeddedReport } from './memory.ts';
import type { PeopleReport } from './people.ts';
import type { PlatformReport } from './platform.ts';
import type { StagesReport } from './stages.ts';
import type { ValkeyReport } from './valkey.ts';

/** What is asked of a figure. */
export interface Aim {
  readonly bound: 'at most' | 'at least';
  readonly value: number;
}

/** A figure as it is printed. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** After the decimal point; none without it. */
  readonly digits?: number;
  readonly aim?: Aim;
  /** Whether more of it is better; absent for a cost. */
  readonly isRate?: true;
  /** What the last run on this machine had; absent where there was none. */
  readonly last?: number;
}

/** Figures that were measured together. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Null for a figure of which nothing is asked. */
export function isMet({ value, aim }: Row): boolean | null {
  if (aim === undefined) return null;
  return aim.bound === 'at most' ? value <= aim.value : value >= aim.value;
}

/** For people: each section under its title, with figures, aims and whether they are met, all in the same columns. */
export function formatSections(sections: readonly Section[]): string {
  const lines = formatTable(sections.flatMap(({ rows }) => rows.map(cellsOf))).values();
  return sections
    .map(({ title, rows }) => [title, ...rows.map(() => `  ${lines.next().value}`)].join('\n'))
    .join('\n\n');
}

/** All figures, each under a name of its own. */
export function figuresOf(sections: readonly Section[]): readonly Figure[] {
  return sections.flatMap(({ rows }, index) =>
    rows.map((row) => ({ name: figureName(index, row), value: row.value, isRate: row.isRate ?? false })),
  );
}

/** The same sections, each figure with what it was in the last run. */
export function withLast(sections: readonly Section[], figures: readonly ComparedFigure[]): readonly Section[] {
  const lasts = new Map(figures.map(({ name, last }) => [name, last]));
  return sections.map(({ title, rows }, index) => ({
    title,
    rows: rows.map((row) => {
      const last = lasts.get(figureName(index, row)) ?? null;
      return last === null ? row : { ...row, last };
    }),
  }));
}

/** Sections measure some things under the same name. */
function figureName(section: number, { name, unit }: Row): string {
  return `${section + 1}. ${name.trim()}, ${unit}`;
}

/** How many aims the sections have, and how many of them are missed. */
export function formatVerdict(sections: readonly Section[]): string {
  const verdicts = sections.flatMap(({ rows }) => rows.map(isMet)).filter((verdict) => verdict !== null);
  const missed = verdicts.filter((verdict) => !verdict).length;
  return missed === 0 ? `All ${verdicts.length} aims are met.` : `${missed} of ${verdicts.length} aims missed.`;
}

function percent(share: number): string {
  return formatNumber(share * 100, 1);
}

/** What lets people decide is to cost nearly nothing while nobody does. */
export function peopleSection({ events, pairs, bareNsPerEvent, variants }: PeopleReport): Section {
  return {
    title: `${formatNumber(events)} simulated events, paths taking turns in one process: CPU time, median of ${formatNumber(pairs)} pairs`,
    rows: [
      { name: 'whole path without them', value: bareNsPerEvent, unit: 'ns an event' },
      ...variants.map(({ name, isIdle, more, moreMin, moreMax }) => ({
        name: `${name} (${percent(moreMin)} to ${percent(moreMax)})`,
        value: more * 100,
        unit: '% more',
        digits: 1,
        ...(isIdle ? { aim: atMost(5) } : {}),
      })),
    ],
  };
}

/** What counts, and beside it the small stream that all sorts of caches are large enough for. */
export function platformSection(platform: PlatformReport, { events, whole }: StagesReport): Section {
  const { nsPerEvent, features } = platform;
  const eventsPerCpuSecond = 1e9 / nsPerEvent;
  return {
    title: `Whole path at the cardinality of a platform, ${formatNumber(platform.entities)} entities in a full memory, ${formatNumber(platform.events)} events in ${platform.partitions} partitions, ${formatNumber(platform.emitted * 100, 1)} % sent`,
    rows: [
      { name: 'whole path', value: nsPerEvent, unit: 'ns an event' },
      { name: 'whole path', value: eventsPerCpuSecond, unit: 'events a CPU-second', isRate: true },
      {
        name: `features (${features} an event)`,
        value: eventsPerCpuSecond * features,
        unit: 'a CPU-second',
        isRate: true,
      },
      { name: 'history', value: platform.bytesPerEntity, unit: 'bytes an entity' },
      { name: 'garbage', value: platform.garbageBytesPerEvent, unit: 'bytes an event' },
      { name: 'entities that had to go', value: platform.evictionsPerEvent, unit: 'an event', digits: 2 },
      {
        name: `whole path, small stream (${formatNumber(events)} events, in the processor's cache)`,
        value: whole.eventsPerCpuSecond,
        unit: 'events a CPU-second',
        isRate: true,
      },
    ],
  };
}

export function stagesSection({ events, rounds, stages, whole }: StagesReport): Section {
  return {
    title: `Small stream, step by step: ${formatNumber(events)} simulated events, median of ${rounds} rounds, CPU time of one process, ${whole.decisions} decisions`,
    rows: [
      ...stages.map(({ name, nsPerEvent }) => ({
        name,
        value: nsPerEvent,
        unit: 'ns an event',
        ...(name === 'extract' ? { aim: atMost(3_000) } : name.startsWith('ranks') ? { aim: atMost(1_000) } : {}),
      })),
      { name: 'whole path', value: 1e9 / whole.eventsPerCpuSecond, unit: 'ns an event' },
      { name: 'whole path', value: whole.eventsPerCpuSecond, unit: 'events a CPU-second', isRate: true },
    ],
  };
}

export function embeddedSection({ entities, events, beforeBytes, ...report }: EmbeddedReport): Section {
  const { quiet, saving, snapshot, restore } = report;
  return {
    title: `Embedded store, ${formatNumber(entities)} entities of ${formatNumber(events)} simulated events`,
    rows: [
      { name: 'observe', value: quiet.usPerEvent, unit: 'us an event', digits: 1, aim: atMost(8) },
      { name: '  while a snapshot is written', value: saving.usPerEvent, unit: 'us an event', digits: 1 },
      { name: 'records, blocks and buckets', value: report.bytesPerEntity, unit: 'bytes an entity', aim: atMost(700) },
      { name: 'process, resident', value: mebibytes(report.rssBytes), unit: 'MiB', aim: atMost(1.2 * 1024) },
      { name: '  of it at first', value: mebibytes(beforeBytes), unit: 'MiB' },
      { name: 'turn of the event loop, median', value: quiet.turnMsMedian, unit: 'ms', digits: 1 },
      { name: '  the longest', value: quiet.turnMsMax, unit: 'ms', digits: 1 },
      { name: '  while a snapshot is written, median', value: saving.turnMsMedian, unit: 'ms', digits: 1 },
      { name: '  while a snapshot is written, the longest', value: saving.turnMsMax, unit: 'ms', digits: 1 },
      { name: 'snapshot', value: mebibytes(snapshot.bytes), unit: 'MiB' },
      { name: '  written, batches being observed', value: snapshot.tookMs / 1000, unit: 's', digits: 1 },
      { name: '  restored', value: restore.tookMs / 1000, unit: 's', digits: 1 },
    ],
  };
}

/** One section for each size of a batch; or one without figures, which says why. */
export function valkeySections(report: ValkeyReport): readonly Section[] {
  if ('unavailable' in report) return [{ title: `Valkey: NOT MEASURED. ${report.unavailable}`, rows: [] }];
  const { valkey, shards, rounds, measured } = report;
  return measured.map((figures) => ({
    title: `Valkey ${valkey} on this machine, ${shards} shards, batches of ${figures.batchSize} events, ${figures.touchesPerEvent.toFixed(1)} entities an event, median of ${rounds} rounds`,
    rows: [
      { name: 'observe: client CPU', value: figures.clientUsPerEvent, unit: 'us an event', digits: 1, aim: atMost(6) },
      {
        name: '  of it the collection of garbage',
        value: figures.collectionUsPerEvent,
        unit: 'us an event',
        digits: 1,
      },
      { name: 'observe: server CPU', value: figures.serverUsPerEvent, unit: 'us an event', digits: 1 },
      {
        name: 'observe: throughput of a Valkey core',
        value: figures.eventsPerServerCoreSecond,
        unit: 'events a second',
        aim: { bound: 'at least', value: 40_000 },
        isRate: true,
      },
      { name: 'round trip of a batch, median', value: figures.roundTripMsP50, unit: 'ms', digits: 2 },
      {
        name: 'round trip of a batch, 99th percentile',
        value: figures.roundTripMsP99,
        unit: 'ms',
        digits: 2,
        ...(figures.batchSize === 64 ? { aim: atMost(5) } : {}),
      },
      { name: 'sent', value: figures.sentBytesPerEvent, unit: 'bytes an event' },
      { name: 'received', value: figures.receivedBytesPerEvent, unit: 'bytes an event' },
      {
        name: `memory of ${formatNumber(figures.entities)} entities`,
        value: figures.bytesPerEntity,
        unit: 'bytes an entity',
      },
    ],
  }));
}

function atMost(value: number): Aim {
  return { bound: 'at most', value };
}

function mebibytes(bytes: number): number {
  return bytes / 2 ** 20;
}

function cellsOf(row: Row): readonly string[] {
  const { name, value, unit, digits, aim } = row;
  const aimed = aim === undefined ? '' : `${aim.bound} ${formatNumber(aim.value)}`;
  const verdict = { true: 'met', false: 'MISSED', null: '' }[`${isMet(row)}`];
  const ofLast = row.last === undefined || row.last === 0 ? '' : `${formatNumber(value / row.last, 2)} of last`;
  return [name, formatNumber(value, digits), unit, aimed, verdict, ofLast];
}
