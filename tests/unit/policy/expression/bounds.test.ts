import { describe, expect, it } from 'vitest';
import { contradictionIn } from '../../../../src/policy/expression/bounds.ts';
import { createRuleEnvironment } from '../../../../src/policy/expression/environment.ts';
import { features } from '../policies.ts';

const { cel } = createRuleEnvironment(features);
const columns = new Map(features.map((name, column) => [name as string, column]));

describe('bounds', () => {
  it.each([
    ['form_ms > 5 && form_ms < 3', 15],
    ['form_ms > 5 && form_ms <= 5', 15],
    ['form_ms >= 5 && form_ms < 5', 16],
    ['form_ms == 5 && form_ms == 6', 16],
    ['form_ms == 5 && form_ms > 5', 16],
    ['5 < form_ms && 3 > form_ms', 15],
    ['form_ms > 5 && (share > 1 && form_ms < 3)', 29],
    ['form_ms > 1 && form_ms > 5 && form_ms < 9 && form_ms < 4', 45],
  ])('of %s contradict each other at %i', (source, start) => {
    expect(contradictionIn(cel.parse(source).ast, columns)?.start).toBe(start);
  });

  it.each([
    'form_ms > 3 && form_ms < 5',
    'form_ms >= 5 && form_ms <= 5',
    'form_ms > 5 || form_ms < 3',
    'form_ms > 5 && share < 3',
    'form_ms > 5 && !(form_ms < 3)',
    'form_ms != 5 && form_ms == 6',
    'form_ms > 5 && form_ms > 3',
    'form_ms == 5 && form_ms < 6',
  ])('of %s do not', (source) => {
    expect(contradictionIn(cel.parse(source).ast, columns)).toBeUndefined();
  });
});
