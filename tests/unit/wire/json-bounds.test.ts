import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/limits.ts';
import { hasTooManyParts } from '../../../src/wire/json-bounds.ts';

function objectOf(members: number): string {
  return JSON.stringify(Object.fromEntries(Array.from({ length: members }, (_, index) => [`m${index}`, 0])));
}

describe('hasTooManyParts', () => {
  it.each([
    ['as many members as are allowed', objectOf(limits.eventMembersMax), false],
    ['one more', objectOf(limits.eventMembersMax + 1), true],
    [
      'as many arrays as are allowed',
      `[${Array(limits.eventContainersMax - 1)
        .fill('[]')
        .join()}]`,
      false,
    ],
    ['one more array', `[${Array(limits.eventContainersMax).fill('[]').join()}]`, true],
    ['objects and arrays together', '[{"a":'.repeat(300) + '0' + '}]'.repeat(300), true],
    ['members of the shortest kind', `[${Array(300).fill('{"":0,"":0}').join()}]`, true],
    ['what looks like parts, in a string', JSON.stringify(':{['.repeat(5_000)), false],
    ['what looks like parts, after an escaped quote', JSON.stringify('":{'.repeat(5_000)), false],
    ['what looks like parts, after an escaped backslash', `["\\\\",${'[],'.repeat(600)}0]`, true],
    ['a string that does not end', `"${':'.repeat(1_000)}`, false],
    ['many values', `[${Array(5_000).fill('0').join()}]`, false],
    ['nothing', '', false],
  ])('%s', (_, text, expected) => {
    expect(hasTooManyParts(text)).toBe(expected);
  });
});
