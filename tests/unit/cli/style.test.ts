import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  bold,
  cyan,
  dim,
  formatCount,
  formatCounted,
  formatMs,
  formatShare,
  paint,
  table,
} from '../../../src/cli/style.ts';
import { actions } from '../../../src/domain/decision.ts';

describe('colours', () => {
  it('are left out where the stream shows none', () => {
    expect([bold('a', false), dim('b', false), cyan('c', false), paint('d', 'block', false)]).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  it('surround the text, another for each action', () => {
    const painted = actions.map((action) => paint('text', action, true));
    for (const text of painted) expect([text.length > 4, stripVTControlCharacters(text)]).toEqual([true, 'text']);
    expect(new Set(painted).size).toBe(actions.length);
  });
});

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [219_432, '219,432'],
    [1_234_567.6, '1,234,568'],
  ])('writes %d as %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });
});

describe('formatMs', () => {
  it.each([
    [0.0123, '0.012 ms'],
    [8.34, '8.3 ms'],
    [999.4, '1000 ms'],
    [1_234, '1.23 s'],
    [61_000, '61 s'],
    [NaN, '-'],
  ])('writes %d as %s', (value, text) => {
    expect(formatMs(value)).toBe(text);
  });
});

describe('formatShare', () => {
  it.each([
    [0.973, '97.3 %'],
    [1, '100.0 %'],
    [0.99964, '99.96 %'],
    [0.00001, '0.001 %'],
    [0.00123, '0.12 %'],
    [0, '0.00 %'],
    [NaN, '-'],
  ])('writes %d as %s', (value, text) => {
    expect(formatShare(value)).toBe(text);
  });
});

it.each([
  [0, '0 labels'],
  [1, '1 label'],
  [1_204, '1,204 labels'],
])('%d of something are told as %s', (count, text) => {
  expect(formatCounted(count, 'label')).toBe(text);
});

describe('table', () => {
  it('puts the first column to the left and the others to the right', () => {
    const rows = [
      ['action', 'count', 'share'],
      ['block', '1,234', '5 %'],
      ['allow', '7', '95.5 %'],
    ];
    expect(table(rows)).toBe(
      ['  action  count   share', '  block   1,234     5 %', '  allow       7  95.5 %', ''].join('\n'),
    );
  });

  it('leaves no space at the end of a line', () => {
    expect(table([['none', '']], '')).toBe('none\n');
  });
});
