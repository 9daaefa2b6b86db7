import { describe, expect, it } from 'vitest';
import { sayValue } from '../../../src/domain/say-value.ts';
import { checkReasonTemplate, compileReasonTemplate } from '../../../src/policy/reason-template.ts';
import { features, rowOf } from './policies.ts';

/** As the catalogue says these values. */
const say = (name: string, value: number): string =>
  sayValue(
    value,
    name === 'form_ms' ? 'milliseconds' : name === 'share' ? 'share' : name === 'account_age_h' ? 'hours' : '',
  );
const columns = new Map(features.map((name, column) => [name as string, column]));

describe('a reason', () => {
  it.each([
    ['No values', {}, 'No values'],
    ['within {form_ms} ms', { form_ms: 3200 }, 'within 3 seconds'],
    ['{device_accounts_24h} in {form_ms}', { device_accounts_24h: 12, form_ms: 900 }, '12 in less than a second'],
    ['an account {account_age_h} hours old', { account_age_h: 75 }, 'an account 3 days old'],
    ['an account {account_age_h} hours old', { account_age_h: 0.00239 }, 'an account less than a minute old'],
    ['{device_accounts_24h} accounts on it', { device_accounts_24h: 1 }, '1 account on it'],
    ['{device_accounts_24h} accounts on it', { device_accounts_24h: 2 }, '2 accounts on it'],
    // A verb that stayed behind, an ending that was cut off, and words that only look like a plural.
    ['{device_accounts_24h} accounts were created', { device_accounts_24h: 1 }, '1 account was created'],
    ['{device_accounts_24h} accounts were created', { device_accounts_24h: 2 }, '2 accounts were created'],
    ['{device_accounts_24h} different accounts have it', { device_accounts_24h: 1 }, '1 different account has it'],
    ['{device_accounts_24h} user names from here', { device_accounts_24h: 1 }, '1 user name from here'],
    [
      '{device_accounts_24h} addresses, {ip_signups_1h} countries',
      { device_accounts_24h: 1, ip_signups_1h: 1 },
      '1 address, 1 country',
    ],
    ['{device_accounts_24h} people reported it', { device_accounts_24h: 1 }, '1 person reported it'],
    ['{device_accounts_24h} in this hours', { device_accounts_24h: 1 }, '1 in this hours'],
    ['{share} has links, {share} is new', { share: 1 }, '100 % has links, 100 % is new'],
    ['{share} users', { share: 1 }, '100 % users'],
    ['{form_ms} was all', { form_ms: 1 }, 'less than a second was all'],
    ['{device_accounts_24h} is more than usual', { device_accounts_24h: 1 }, '1 is more than usual'],
    ['{device_accounts_24h} accounts of it [was|were] new', { device_accounts_24h: 1 }, '1 account of it was new'],
    ['{device_accounts_24h} accounts of it [was|were] new', { device_accounts_24h: 3 }, '3 accounts of it were new'],
    ['{device_accounts_24h} accounts [was|were] new', { device_accounts_24h: 1.04 }, '1 account was new'],
    ['{share} of them [was|were] new', { share: 1 }, '100 % of them were new'],
    ['a share of {share}', { share: 1 / 3 }, '33 %'],
    ['{share}{share}', { share: 0 }, '0 %0 %'],
  ])('%j is filled in', (template, values, expected) => {
    expect(compileReasonTemplate(template, columns, say).fill(rowOf(values), 0)).toBe(expected);
  });

  it('reads the row that begins at the offset', () => {
    const matrix = Float32Array.from([...rowOf({ form_ms: 1000 }), ...rowOf({ form_ms: 2000 })]);
    expect(compileReasonTemplate('{form_ms}', columns, say).fill(matrix, features.length)).toBe('2 seconds');
  });

  it('names its features in order', () => {
    expect(compileReasonTemplate('{share} {form_ms}', columns, say).features).toEqual(['share', 'form_ms']);
  });

  it.each([
    ['{form_msec} ms', 1, 'form_msec is not a feature', 'Did you mean form_ms?'],
    ['from {email}', 6, 'email is not a feature', 'never members of the event'],
    ['from {event.data.ip}', 5, 'encloses no feature name', 'Write {name_of_a_feature}'],
    ['{ form_ms }', 0, 'encloses no feature name', 'without spaces'],
    ['{form_ms', 0, 'encloses no feature name', 'Write'],
    ['form_ms} ms', 7, 'encloses no feature name', 'Write'],
    ['{}', 0, 'encloses no feature name', 'Write'],
    ['[{share} account was|{share} accounts were] new', 1, 'wordings in brackets', 'before them'],
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
