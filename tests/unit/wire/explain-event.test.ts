import { describe, expect, it } from 'vitest';
import { explainEvent } from '../../../src/wire/explain-event.ts';
import { signup, signupWith } from './records.ts';

describe('explainEvent', () => {
  it.each<[string, unknown, string]>([
    ['the type received', [signup], 'Expected one event, received an array.'],
    ['the version expected', signupWith({ specversion: '2.0' }), 'Expected specversion "1.0".'],
    ['that a member is missing', signupWith({}, { status: undefined }), 'The member is missing.'],
    ['both types', signupWith({ id: 5 }), 'Invalid input: expected string, received number'],
    [
      'limit and length of a string',
      signupWith({ id: '🙂'.repeat(2_000) }),
      'Too big: expected string to have <=256 characters, received 2000',
    ],
    [
      'the values allowed',
      signupWith({}, { status: 'aigerim.s@example.kz' }),
      'Invalid option: expected one of "attempted"|"succeeded"|"failed"',
    ],
    [
      'what a time is like',
      signupWith({ time: 'aigerim.s@example.kz' }),
      'Expected a time of RFC 3339 with a zone, such as 2026-11-24T04:36:51.123Z.',
    ],
  ])('says %s', (_, envelope, message) => {
    expect(explainEvent(envelope).message).toBe(message);
  });

  it('reports the first of several faults, in the order of the schema', () => {
    const envelope = signupWith({ id: 5, time: 'x' }, { email: 5, status: 'y' });
    expect(explainEvent(envelope)).toMatchObject({ code: 'EVENT_WRONG_TYPE', path: '$.id' });
  });
});
