import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lenientMembers } from '../../../src/domain/event.ts';
import { acceptEvent } from '../../../src/wire/accept-event.ts';
import { eventSchema, identitySchema } from '../../../src/wire/event-schema.ts';
import { explainEvent } from '../../../src/wire/explain-event.ts';
import { marker, mutatedEvent, validEvent, type Json } from './arbitraries.ts';

function isAccepted(value: unknown): boolean {
  return acceptEvent(value) !== undefined;
}

/** Without the optional members that are null: they are absent, which a schema of what a producer shall send does not say. */
function withoutNulls(value: Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

describe('acceptEvent', () => {
  it('accepts every event of the contract as it is, as the schemas do', () => {
    fc.assert(
      fc.property(validEvent, (event) => {
        expect(eventSchema.safeParse(event).success).toBe(true);
        expect(identitySchema.safeParse(event).success).toBe(true);
        expect(acceptEvent(event)).toMatchObject({ id: event.id, type: event.type, data: event.data, malformed: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('refuses what the schema of identity refuses, among events with odd, missing and unknown members', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(mutatedEvent, (value) => {
        expect(isAccepted(value)).toBe(identitySchema.safeParse(value).success);
        seen[isAccepted(value) ? 'accepted' : 'refused'] += 1;
      }),
      { numRuns: 3_000 },
    );
    // Both answers must have been tried.
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(100);
  });

  it('finds malformed what the schema of events would not have, and leaves none of it', () => {
    const seen = { good: 0, mended: 0 };
    fc.assert(
      fc.property(mutatedEvent, (value) => {
        const event = acceptEvent(value);
        fc.pre(event !== undefined);
        const isGood = event.malformed.length === 0;
        expect(isGood).toBe(eventSchema.safeParse(withoutNulls(value)).success);
        expect(eventSchema.safeParse({ ...(value as object), data: event.data }).error).toBeUndefined();
        expect(new Set(event.malformed).size).toBe(event.malformed.length);
        expect(lenientMembers).toEqual(expect.arrayContaining([...event.malformed]));
        seen[isGood ? 'good' : 'mended'] += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.good, seen.mended)).toBeGreaterThan(100);
  });

  it('agrees with the schema of identity on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isAccepted(value)).toBe(identitySchema.safeParse(value).success);
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
