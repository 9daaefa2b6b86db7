import { describe, expect, it } from 'vitest';
import {
  figuresOf,
  formatSections,
  formatVerdict,
  isMet,
  peopleSection,
  stagesSection,
  valkeySections,
  withLast,
  type Row,
} from '../../../load-tests/bench/report.ts';

const free: Row = { name: 'parse', value: 1_088, unit: 'ns an event' };
const met: Row = { name: 'observe', value: 5.96, unit: 'us an event', digits: 1, aim: { bound: 'at most', value: 6 } };
const missed: Row = { name: 'throughput', value: 39_999, unit: 'a second', aim: { bound: 'at least', value: 40_000 } };

describe('isMet', () => {
  it.each([
    ['at most', 6, true],
    ['at most', 6.01, false],
    ['at least', 6, true],
    ['at least', 5.99, false],
  ] as const)('with an aim of %s 6, answers for %d: %s', (bound, value, expected) => {
    expect(isMet({ name: '', value, unit: '', aim: { bound, value: 6 } })).toBe(expected);
  });

  it('has no answer for a figure without an aim', () => {
    expect(isMet(free)).toBeNull();
  });
});

it('sections share their columns, and say which aims are met', () => {
  const sections = [
    { title: 'Steps', rows: [free] },
    { title: 'Stores', rows: [met, missed] },
  ];
  expect(formatSections(sections).split('\n')).toEqual([
    'Steps',
    '  parse        1,088  ns an event',
    '',
    'Stores',
    '  observe        6.0  us an event        at most 6     met',
    '  throughput  39,999     a second  at least 40,000  MISSED',
  ]);
});

it('a figure of the last run is beside its own, whatever else has the same name', () => {
  const sections = [
    { title: 'Steps', rows: [free] },
    { title: 'Stores', rows: [{ ...free, value: 7 }] },
  ];
  const figures = figuresOf(sections);
  expect(new Set(figures.map(({ name }) => name)).size).toBe(2);
  const [first, second] = withLast(
    sections,
    figures.map((figure, index) => ({ ...figure, last: index === 0 ? 1_000 : null })),
  );
  expect(formatSections([first!])).toBe('Steps\n  parse  1,088  ns an event      1.09 of last');
  expect(formatSections([second!])).toBe('Stores\n  parse  7  ns an event');
});

it.each([
  ['All 1 aims are met.', [free, met]],
  ['1 of 2 aims missed.', [free, met, missed]],
])('the verdict is: %s', (expected, rows) => {
  expect(formatVerdict([{ title: '', rows }])).toBe(expected);
});

it('of the steps, extracting has an aim', () => {
  const stages = ['decode', 'extract'].map((name) => ({ name, nsPerEvent: 3_001, checksum: 0 }));
  const { rows } = stagesSection({ events: 1, rounds: 1, stages, whole: { eventsPerCpuSecond: 50_000, decisions: 0 } });
  expect(rows.map((row) => [row.name, row.value, isMet(row)])).toEqual([
    ['decode', 3_001, null],
    ['extract', 3_001, false],
    ['whole path', 20_000, null],
    ['whole path', 50_000, null],
  ]);
});

describe('valkeySections', () => {
  it('says why there are no figures', () => {
    const sections = valkeySections({ unavailable: 'Valkey cannot be had here: no Docker; no Python' });
    expect(formatSections(sections)).toBe('Valkey: NOT MEASURED. Valkey cannot be had here: no Docker; no Python');
  });

  it('asks for a round trip in time of batches of 64 events alone', () => {
    const figures = {
      touchesPerEvent: 6,
      clientUsPerEvent: 7,
      collectionUsPerEvent: 0,
      serverUsPerEvent: 10,
      eventsPerServerCoreSecond: 100_000,
      roundTripMsP50: 1,
      roundTripMsP99: 6,
      sentBytesPerEvent: 300,
      receivedBytesPerEvent: 600,
      entities: 1_000,
      bytesPerEntity: 170,
    };
    const measured = [64, 256].map((batchSize) => ({ ...figures, batchSize }));
    const report = { valkey: '9.1', node: 'v24', shards: 8, rounds: 3, representations: [], measured, memory: [] };
    const [small, large] = valkeySections(report).map(({ rows }) =>
      rows.filter((row) => isMet(row) === false).map(({ name }) => name),
    );
    expect(small).toEqual(['observe: client CPU', 'round trip of a batch, 99th percentile']);
    expect(large).toEqual(['observe: client CPU']);
  });
});

it('what stands by has an aim, and what was asked for has none: groups that are watched look at every event', () => {
  const cost = { more: 0.08, moreMin: 0.05, moreMax: 0.1 };
  const { rows } = peopleSection({
    events: 1_000,
    pairs: 10,
    bareNsPerEvent: 30_000,
    variants: [
      { name: 'none in play', isIdle: true, ...cost },
      { name: 'groups watched', isIdle: false, ...cost },
    ],
  });
  expect(rows.map(isMet)).toEqual([null, false, null]);
});
