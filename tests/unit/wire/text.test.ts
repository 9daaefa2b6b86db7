import { describe, expect, it } from 'vitest';
import { cutTo, isLongerThan, lengthOf } from '../../../src/wire/text.ts';

describe('lengths in code points', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['әйгерім', 7],
    ['🙂🙂', 2],
    ['a🙂', 2],
  ])('of %j', (text, length) => {
    expect(lengthOf(text)).toBe(length);
    expect(isLongerThan(text, length)).toBe(false);
    if (length > 0) expect(isLongerThan(text, length - 1)).toBe(true);
  });
});

describe('cutTo', () => {
  it.each([
    ['abc', 2, 'ab'],
    ['abc', 3, 'abc'],
    ['abc', 9, 'abc'],
    ['🙂🙂🙂', 2, '🙂🙂'],
    ['a🙂b', 2, 'a🙂'],
    ['abc', 0, ''],
  ])('cuts %j to %i', (text, length, expected) => {
    expect(cutTo(text, length)).toBe(expected);
    expect(cutTo(text, length).isWellFormed()).toBe(true);
  });
});
