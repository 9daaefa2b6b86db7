import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/domain/limits.ts';
import { OwnVerdicts } from '../../src/own-verdicts.ts';
import type { IncomingRecord, OutgoingRecord } from '../../src/ports.ts';
import type { Emission } from '../../src/steps/decide-batch.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import { headersOf, valuesOf } from '../headers.ts';
import { acting, batchesOf, recordOf, stream, World } from './world.ts';

interface Drawn {
  readonly value: Uint8Array | null;
  readonly fate: 'scored' | 'said' | 'history' | 'deadLetter';
}

const labels = [exampleEvents['account.labelled'], exampleEvents['account.erasure_requested']].map((event) =>
  Buffer.from(JSON.stringify(event)),
);
const scored = fc.nat(stream.length - 1).map((index): Drawn => ({ value: stream[index]!, fate: 'scored' }));
const said = fc.constant<Drawn>({ value: labels[0]!, fate: 'said' });
const history = fc.constant<Drawn>({ value: labels[1]!, fate: 'history' });
const broken = fc
  .oneof(
    fc.constantFrom(null, Buffer.from(''), Buffer.from('[]'), Buffer.alloc(limits.eventBytesMax + 1, 'x')),
    fc.uint8Array({ maxLength: 40 }),
    fc.tuple(fc.nat(stream.length - 1), fc.nat(60)).map(([index, cut]) => stream[index]!.subarray(0, cut)),
    fc
      .nat(stream.length - 1)
      .map((index) => Buffer.from(stream[index]!.toString().replace('"data":{', '"data":[],"extra":{'))),
    fc.nat(stream.length - 1).map((index) => Buffer.from(stream[index]!.toString().replace('"type":"', '"type":"un'))),
  )
  .map((value): Drawn => ({ value, fate: 'deadLetter' }));
const mix = fc.array(fc.oneof({ weight: 6, arbitrary: scored }, said, history, { weight: 2, arbitrary: broken }), {
  maxLength: 60,
});
const cuts = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 6 });

function plainRecord(value: Uint8Array | null, offset: number): IncomingRecord {
  return recordOf(value, offset);
}

function offsetOf(record: OutgoingRecord): number {
  return Number(valuesOf(record.headers)['source-offset']);
}

describe('every record has exactly one fate', () => {
  it.each<readonly [string, Emission]>([
    ['all decisions', 'all'],
    ['changes', acting],
  ])('when %s are sent', async (_, emit) => {
    await fc.assert(
      fc.asyncProperty(mix, cuts, async (drawn, lengths) => {
        const records = drawn.map(({ value }, offset) => recordOf(value, offset));
        const world = await new World({ emit }).takeAll(batchesOf(records, lengths));
        const offsetsOf = (fate: Drawn['fate']): number[] =>
          drawn.flatMap((one, offset) => (one.fate === fate ? [offset] : []));

        for (const report of world.reports) {
          const decisions = report.decisions.reduce((sum, { count }) => sum + count, 0);
          const deadLetters = Object.values(report.deadLetters).reduce((sum, count) => sum + count, 0);
          expect(decisions + report.silent + deadLetters + report.alreadyDelivered).toBe(report.records);
          expect(report.alreadyDelivered).toBe(0);
        }
        expect(world.reports.reduce((sum, report) => sum + report.records, 0)).toBe(records.length);
        expect(world.sent.deadLetters.map(offsetOf)).toEqual(offsetsOf('deadLetter'));
        const decided = world.sent.decisions.map(({ source }) => Number(source!.offset));
        expect(new Set(decided).size).toBe(decided.length);
        // What was sent twice is decided once.
        const distinct = new Set(drawn.filter(({ fate }) => fate === 'scored').map(({ value }) => value)).size;
        if (emit === 'all') expect(decided.length).toBeGreaterThanOrEqual(distinct);
        expect([...offsetsOf('scored'), ...offsetsOf('said')]).toEqual(expect.arrayContaining(decided));
      }),
      { numRuns: 60 },
    );
  });

  it('in a batch of nothing but dead letters, of nothing but labels, and of nothing', async () => {
    const world = new World();
    const batches = [[null, Buffer.from('x')], labels, []].map((values) => values.map(plainRecord));
    for (const [partition, records] of batches.entries())
      await world.take({ topic: 'account-events', partition, records });
    expect(world.reports.map(({ records, silent, deadLetters }) => ({ records, silent, deadLetters }))).toEqual([
      { records: 2, silent: 0, deadLetters: { EVENT_EMPTY: 1, EVENT_NOT_JSON: 1 } },
      { records: 2, silent: 2, deadLetters: {} },
      { records: 0, silent: 0, deadLetters: {} },
    ]);
  });

  it('that an observer of the batch sees as it is sent', async () => {
    const world = await new World({ emit: 'all' }).takeAll(batchesOf(stream.slice(0, 40).map(plainRecord)));
    expect(world.decided.map(({ id }) => id)).toEqual(world.decisions.map(({ id }) => id));
  });
});

describe('a dead letter', () => {
  const withHeaders: readonly IncomingRecord[] = [
    recordOf(Buffer.from([0xff, 0x00, 0x0a]), 7, headersOf({ 'trace-id': Buffer.from('t-1'), empty: '' })),
    { ...recordOf(Buffer.from('{"half":'), 8), key: null },
    recordOf(null, 9),
  ];

  it('has the key, the bytes and the headers that it came with, and ours', async () => {
    const world = new World();
    await world.take({ topic: 'account-events', partition: 3, records: withHeaders });
    expect(world.sent.deadLetters.map(({ key, value }) => [key, value])).toEqual(
      withHeaders.map(({ key, value }) => [key, value]),
    );
    expect(valuesOf(world.sent.deadLetters[0]!.headers)).toEqual({
      'trace-id': Buffer.from('t-1'),
      empty: '',
      'error-code': 'EVENT_NOT_UTF8',
      'error-message': 'The value is not UTF-8.',
      'error-path': '$',
      'source-topic': 'account-events',
      'source-partition': '3',
      'source-offset': '7',
      'failed-at': '2026-12-01T00:00:00.000Z',
    });
  });

  it('does not hold up what comes with it', async () => {
    const world = new World({ emit: 'all' });
    const records = [recordOf(stream[0]!, 0), ...withHeaders, recordOf(stream[1]!, 10)];
    await world.take({ topic: 'account-events', partition: 0, records });
    expect(world.decisions.map(({ data }) => data.trigger!.offset)).toEqual(['0', '10']);
  });
});

// Whoever hands batches over waits for that: before, what it decides could depend on what the brokers took how long.
it.each([
  ['', {}],
  [', where verdicts of groups stay in the process too', { ownVerdicts: new OwnVerdicts() }],
])('a batch is said to be decided once it is, and before it waits for its sends%s', async (_, options) => {
  const world = new World({ emit: 'all', ...options });
  const order: string[] = [];
  world.beforeSend = () => void order.push(`${world.sent.decisions.length} sent`);
  const [batch] = batchesOf(stream.slice(0, 3).map(plainRecord), [3]);
  await world.take(batch!, new AbortController().signal, () => order.push('decided'));
  expect(order).toEqual(['decided', '0 sent']);
  expect(world.sent.decisions).toHaveLength(3);
});
