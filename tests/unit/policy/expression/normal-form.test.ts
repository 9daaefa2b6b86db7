import { describe, expect, it } from 'vitest';
import { createRuleEnvironment } from '../../../../src/policy/expression/environment.ts';
import { normalFormOf } from '../../../../src/policy/expression/normal-form.ts';
import { features } from '../policies.ts';

const { cel } = createRuleEnvironment(features);
const formOf = (source: string): string => normalFormOf(cel.parse(source).ast);

describe('the normal form', () => {
  it.each([
    ['form_ms<4000', 'form_ms < 4000.0'],
    ['form_ms < 4000', '4000 > form_ms'],
    ['form_ms >= 10', '10 <= form_ms'],
    ['form_ms == 1', '1 == form_ms'],
    ['form_ms > 1 && share > 2', 'share > 2 && form_ms > 1'],
    ['form_ms > 1 && (share > 2 && known(share))', '(known(share) && form_ms > 1) && share > 2'],
    ['form_ms > 1 || share > 2', '(share > 2) || (form_ms > 1)'],
    ['event.data.email == "a"', '"a" == event.data.email'],
    ['form_ms > 1 // a remark', 'form_ms > 1'],
  ])('of %s is that of %s', (first, second) => {
    expect(formOf(first)).toBe(formOf(second));
  });

  it.each([
    ['form_ms < 4000', 'form_ms <= 4000'],
    ['form_ms < 4000', 'form_ms > 4000'],
    ['form_ms < 0.1', 'form_ms < 0.10000000001'],
    ['form_ms < share', 'share < form_ms'],
    ['form_ms > 1 && share > 2', 'form_ms > 1 || share > 2'],
    ['form_ms > 1 && (share > 2 || known(share))', '(form_ms > 1 && share > 2) || known(share)'],
    ['event.data.email == "a"', 'event.data.phone == "a"'],
    ['event.data.email == "1"', 'event.data.email == "2"'],
    ['event.data.email.startsWith("a")', 'event.data.email.endsWith("a")'],
    ['10u < 11u', '10u < 12u'],
    ['form_ms - share > 1', 'share - form_ms > 1'],
  ])('of %s is not that of %s', (first, second) => {
    expect(formOf(first)).not.toBe(formOf(second));
  });
});
