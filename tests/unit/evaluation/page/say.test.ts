import { expect, it } from 'vitest';
import { tableOf, tiles } from '../../../../src/evaluation/page/document.ts';
import { partName, share } from '../../../../src/evaluation/page/say.ts';

it.each([
  ['country', 'KZ', 'Kazakhstan'],
  ['country', 'QQ', 'QQ'],
  ['country', 'not known', 'not known'],
  ['language', 'kk', 'Kazakh'],
  ['language', 'Esperanto?', 'Esperanto?'],
  ['mail', 'free', 'free'],
])('the %s %s is called %s', (part, value, name) => {
  expect(partName(part, value)).toBe(name);
});

it('no number is parted from its sign at the end of a line', () => {
  expect(tiles([{ name: 'n', value: '9.1 %', note: 'between 2 and 3 % of <all>' }])).toContain(
    '<b>9.1\u00a0%</b><span>between 2 and 3\u00a0% of &#60;all&#62;</span>',
  );
  expect(tableOf(['a'], [['1,216 (9.3 %)']])).toContain('1,216 (9.3\u00a0%)');
});

it.each([
  [0, '0.0 %'],
  [0.00123, '0.12 %'],
  [0.000_01, '0.001 %'],
  [0.973, '97.3 %'],
  [0.99964, '99.96 %'],
  [1, '100.0 %'],
])('the share %d is told as %s: what is not quite all, or none, is not told as that', (value, text) => {
  expect(share(value)).toBe(text);
});
