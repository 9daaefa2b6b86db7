import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountEvent } from '../../../src/domain/event.ts';
import type { Result } from '../../../src/domain/failure.ts';
import type { IncomingRecord } from '../../../src/ports.ts';
import { decodeEvent } from '../../../src/wire/decode-event.ts';
import { headersOf } from '../../headers.ts';
import type { Json } from './arbitraries.ts';
import { marker, mutatedEvent, validEvent } from './arbitraries.ts';
import { codePoint } from '../../code-point.ts';

function record(value: Uint8Array | null, headers: Parameters<typeof headersOf>[0] = {}): IncomingRecord {
  return { offset: 0, key: null, value, headers: headersOf(headers), timestampMs: 0 };
}

function bytes(value: Json): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** What is wrong with an answer; undefined for an event, and for a failure that a dead letter can carry. */
function faultOf(result: Result<AccountEvent>): string | undefined {
  if (result.ok) return Number.isFinite(result.value.timeMs) ? undefined : 'the event has no time';
  const { code, path, message } = result.failure;
  if (!code.startsWith('EVENT_')) return `code ${code}`;
  if (path === undefined || !/^\$(\.[a-z_]+|\.\*|\[\d+\]){0,17}$/.test(path)) return `path ${path}`;
  return message.includes(marker) ? `message ${message}` : undefined;
}

const header = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.string({ unit: codePoint, maxLength: 20 }),
  fc.constant(undefined),
);
const headerNames = [
  'ce_specversion',
  'ce_id',
  'ce_source',
  'ce_type',
  'ce_subject',
  'ce_time',
  'content-type',
] as const;
const anyHeaders = fc.dictionary(fc.oneof(fc.constantFrom(...headerNames), fc.string({ maxLength: 10 })), header);

/** JSON of an event with bytes flipped, put in or cut out. */
const mutatedBytes = fc
  .tuple(
    mutatedEvent,
    fc.array(fc.record({ at: fc.nat(), removed: fc.nat(3), added: fc.uint8Array({ maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([event, edits]) => {
    let edited = bytes(event);
    for (const { at, removed, added } of edits) {
      const start = at % (edited.length + 1);
      edited = Buffer.concat([edited.subarray(0, start), added, edited.subarray(start + removed)]);
    }
    return edited;
  });

/** What JSON is made of, and what is dangerous in it. */
const punctuation = ['{', '}', '[', ']', ':', ',', '"', '\\', '"a":', '-', ' '];
const words = ['__proto__', '"__proto__":', '1e999', 'NaN', 'null', 'é', '🙂', '\ufeff', '\0'];
const escapes = [String.raw`\u005f`, String.raw`\ud800`, String.raw`\udc00`];
const jsonLikeText = fc
  .array(fc.constantFrom(...punctuation, ...words, ...escapes), { maxLength: 60 })
  .map((chosen) => Buffer.from(chosen.join('')));

describe('decodeEvent', () => {
  it('gives the event back that was written', () => {
    fc.assert(
      fc.property(validEvent, (event) => {
        expect(decodeEvent(record(bytes(event)))).toMatchObject({
          ok: true,
          value: { id: event.id, source: event.source, subject: event.subject, data: event.data },
        });
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same event from both modes', () => {
    fc.assert(
      fc.property(validEvent, (event) => {
        const { data, ...attributes } = event;
        const headers = Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [`ce_${name}`, Buffer.from(value)]),
        );
        expect(decodeEvent(record(bytes(data), headers))).toEqual(decodeEvent(record(bytes(event))));
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, fc.Arbitrary<Uint8Array>]>([
    ['any bytes', fc.uint8Array({ maxLength: 200 })],
    ['any JSON', fc.json().map((text) => Buffer.from(text))],
    ['text like JSON', jsonLikeText],
    ['events with odd members', mutatedEvent.map(bytes)],
    ['events with damaged bytes', mutatedBytes],
  ])('answers %s with a result, whatever the headers', (_, values) => {
    fc.assert(
      fc.property(values, fc.oneof(fc.constant({}), anyHeaders), (value, headers) => {
        expect(faultOf(decodeEvent(record(value, headers)))).toBeUndefined();
      }),
      { numRuns: 1_500 },
    );
  });
});
