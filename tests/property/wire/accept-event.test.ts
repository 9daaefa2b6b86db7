import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptEvent } from '../../../src/wire/accept-event.ts';
import { eventSchema } from '../../../src/wire/event-schema.ts';
import { explainEvent } from '../../../src/wire/explain-event.ts';
import { marker, mutatedEvent, validEvent } from './arbitraries.ts';

function isAccepted(value: unknown): boolean {
  return acceptEvent(value) !== undefined;
}

function isValid(value: unknown): boolean {
  return eventSchema.safeParse(value).success;
}

describe('acceptEvent', () => {
  it('accepts every event of the contract, as the schema does', () => {
    fc.assert(
      fc.property(validEvent, (event) => {
        expect(isValid(event)).toBe(true);
        expect(acceptEvent(event)).toMatchObject({ id: event.id, type: event.type });
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with the schema on events with odd, missing and unknown members', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(mutatedEvent, (value) => {
        expect(isAccepted(value)).toBe(isValid(value));
        seen[isAccepted(value) ? 'accepted' : 'refused'] += 1;
      }),
      { numRuns: 3_000 },
    );
    // Both answers must have been tried.
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(100);
  });

  it('agrees with the schema on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isAccepted(value)).toBe(isValid(value));
      }),
      { numRuns: 500 },
    );
  });
});

describe('explainEvent', () => {
  it('names code and path of whatever is refused, and cites nothing of it', () => {
    fc.assert(
      fc.property(mutatedEvent, (value) => {
        fc.pre(acceptEvent(value) === undefined);
        const failure = explainEvent(value);
        expect(failure.code).toMatch(/^EVENT_/);
        expect(failure.path).toMatch(/^\$(\.[a-z_]+|\[\d+\])*$/);
        expect(JSON.stringify(failure)).not.toContain(marker);
        expect(failure.message).not.toBe('The event was refused.');
      }),
      { numRuns: 1_000 },
    );
  });
});
