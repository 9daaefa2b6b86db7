import { describe, expect, it } from 'vitest';
import { checkReasonTemplate, compileReasonTemplate } from '../../../src/policy/reason-template.ts';
import { features, rowOf } from './policies.ts';

const columns = new Map(features.map((name, column) => [name as string, column]));

describe('a reason', () => {
  it.each([
    ['No values', {}, 'No values'],
    ['{form_ms} ms', { form_ms: 3200 }, '3200 ms'],
    ['{device_accounts_24h} in {form_ms}', { device_accounts_24h: 12, form_ms: 900 }, '12 in 900'],
    ['a share of {share}', { share: 1 / 3 }, 'a share of 0.333'],
    ['{share}{share}', { share: 0 }, '00'],
    ['{form_ms} ms', {}, 'unknown ms'],
  ])('%j is filled in', (template, values, expected) => {
    expect(compileReasonTemplate(template, columns).fill(rowOf(values), 0)).toBe(expected);
  });

  it('reads the row that begins at the offset', () => {
    const matrix = Float32Array.from([...rowOf({ form_ms: 1 }), ...rowOf({ form_ms: 2 })]);
    expect(compileReasonTemplate('{form_ms}', columns).fill(matrix, features.length)).toBe('2');
  });

  it('names its features in order', () => {
    expect(compileReasonTemplate('{share} {form_ms}', columns).features).toEqual(['share', 'form_ms']);
  });

  it.each([
    ['{form_msec} ms', 1, 'form_msec is not a feature', 'Did you mean form_ms?'],
    ['from {email}', 6, 'email is not a feature', 'never members of the event'],
    ['from {event.data.ip}', 5, 'encloses no feature name', 'Write {name_of_a_feature}'],
    ['{ form_ms }', 0, 'encloses no feature name', 'without spaces'],
    ['{form_ms', 0, 'encloses no feature name', 'Write'],
    ['form_ms} ms', 7, 'encloses no feature name', 'Write'],
    ['{}', 0, 'encloses no feature name', 'Write'],
  ])('%j is refused at %i', (template, offset, message, remedy) => {
    const faults = checkReasonTemplate(template, features);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ offset });
    expect(faults[0]!.message).toContain(message);
    expect(faults[0]!.remedy).toContain(remedy);
  });

  it('tells every fault', () => {
    expect(checkReasonTemplate('{email} {phone} {form_ms} }', features).map(({ offset }) => offset)).toEqual([
      1, 9, 26,
    ]);
  });
});
