import { describe, expect, it } from 'vitest';
import type { Skip } from '../../servers/unavailable.ts';
import { deadLetterHeaders } from '../../../src/wire/dead-letter.ts';
import { expectOneFateEach, outcomeOf, placeOfEvent, placeOfSource, type Outcome } from './support/fates.ts';
import { malformed, personal } from './support/malformed.ts';
import { Scene, type StoredRecord } from './support/scene.ts';
import { invalidHeader, mixed, simulatedEvents } from './support/stream.ts';

const nowMs = Date.now();
const cases = malformed(nowMs);
/** As a producer may send them: text, bytes that are no text, nothing. */
const ownHeaders = { traceparent: '00-af76-51', binary: Buffer.from([0x00, 0xff, 0x80]), empty: '' };
const valid = simulatedEvents(12, 1_500);

interface Run extends Outcome {
  readonly startedMs: number;
  readonly endedMs: number;
}
let running: Promise<Run> | undefined;

/** Valid events with malformed ones among them, in two partitions. */
function handled(context: Skip): Promise<Run> {
  return (running ??= handle(context));
}

async function handle(context: Skip): Promise<Run> {
  const scene = await Scene.create(context, { partitions: { events: 2 } });
  const invalid = cases.map(({ message }) => ({ ...message, headers: { ...ownHeaders, ...message.headers } }));
  const startedMs = Date.now();
  await scene.write(mixed(valid, invalid, 25).map((message, index) => ({ ...message, partition: index % 2 })));
  const processor = await scene.run().ready();
  await scene.drained(processor);
  await processor.end('SIGTERM');
  return { ...(await outcomeOf(scene)), startedMs, endedMs: Date.now() };
}

const caseOf = ({ headers }: StoredRecord): string => String(headers[invalidHeader]);
const isOurs = (name: string): boolean => (deadLetterHeaders as readonly string[]).includes(name);

describe('a stream with records in it that are no event', () => {
  it('goes on: each valid event is decided once, each other record is one dead letter', async (context) => {
    const run = await handled(context);
    expect(run.decisions).toHaveLength(valid.length);
    expect(expectOneFateEach(run)).toBe(0);
  });

  it('gives the key, the value and the headers of each back, byte for byte', async (context) => {
    const { events, deadLetters } = await handled(context);
    const byPlace = new Map(deadLetters.map((letter) => [placeOfSource(letter), letter]));
    const sent = events.filter(({ headers }) => invalidHeader in headers);
    expect(new Set(sent.map(caseOf))).toEqual(new Set(cases.map(({ name }) => name)));
    for (const event of sent) {
      const { key, value, headers } = byPlace.get(placeOfEvent(event))!;
      const received = Object.fromEntries(Object.entries(headers).filter(([name]) => !isOurs(name)));
      expect({ case: caseOf(event), key, value, headers: received }).toEqual({
        case: caseOf(event),
        key: event.key,
        value: event.value,
        headers: event.headers,
      });
    }
  });

  it('says of each what is wrong with it', async (context) => {
    const { deadLetters } = await handled(context);
    const told = deadLetters.map((letter) => [caseOf(letter), String(letter.headers['error-code'])]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(cases.map(({ name, code }) => [name, code])));
  });

  it('carries every header of the contract, with where it stood and when it failed', async (context) => {
    const { deadLetters, startedMs, endedMs } = await handled(context);
    for (const { headers } of deadLetters) {
      const ours = deadLetterHeaders.map((name) => String(headers[name]));
      expect(ours).not.toContain('undefined');
      expect(String(headers['error-message'])).not.toBe('');
      expect(String(headers['error-path'])).toMatch(/^\$/);
      const failedAtMs = Date.parse(String(headers['failed-at']));
      expect(failedAtMs).toBeGreaterThanOrEqual(startedMs);
      expect(failedAtMs).toBeLessThanOrEqual(endedMs);
    }
  });

  it('tells no personal data in a header of its own', async (context) => {
    const { deadLetters } = await handled(context);
    for (const { headers } of deadLetters) {
      const added = deadLetterHeaders.map((name) => String(headers[name])).join('\n');
      for (const datum of Object.values(personal)) expect(added).not.toContain(datum);
    }
  });
});
