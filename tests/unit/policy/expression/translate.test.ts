import { describe, expect, it } from 'vitest';
import { createRuleEnvironment } from '../../../../src/policy/expression/environment.ts';
import { translate } from '../../../../src/policy/expression/translate.ts';
import { features } from '../policies.ts';

const { cel } = createRuleEnvironment(features);
const columns = new Map(features.map((name, column) => [name as string, column]));

describe('the translation into closures', () => {
  it.each([
    'form_ms < 4000',
    '4000.5 >= form_ms',
    'form_ms == share',
    '!(form_ms != 1) || known(share)',
    'form_ms * 2 - share / 3.0 > -share + 1',
    'form_ms / share > 1',
    'form_ms / 0 > 1',
    '(form_ms > 1 && share > 1) || !known(form_ms)',
  ])('covers %s', (source) => {
    expect(translate(cel.parse(source).ast, columns)).toBeTypeOf('function');
  });

  it.each([
    ['text', 'event.type == "account.signup"'],
    ['lists', 'form_ms in [1, 2]'],
    ['a choice', 'form_ms > 1 ? share > 1 : share > 2'],
    ['functions', 'double("1") < form_ms'],
    ['division of whole numbers, which drops the remainder', 'form_ms > 7 / 2'],
    ['whole numbers beyond a double', 'form_ms < 9007199254740993'],
    ['constants among themselves', '1 < 2'],
    ['a part that is none of these', 'form_ms > 1 && event.type == "account.signup"'],
  ])('leaves %s to the library', (_what, source) => {
    expect(translate(cel.parse(source).ast, columns)).toBeUndefined();
  });
});
