import { describe, expect, it } from 'vitest';
import { featureDomain, featureNames } from '../../../../src/features/catalogue.ts';
import { createExpressionCompiler } from '../../../../src/policy/expression/compile.ts';
import { loadPolicy } from '../../../../src/policy/load-policy.ts';
import { documentOf, ruleOf } from '../policies.ts';

const compiler = createExpressionCompiler(featureNames, undefined, featureDomain);

function faultsOf(source: string): readonly [offset: number, message: string][] {
  const compiled = compiler.compile(source);
  return compiled.ok ? [] : compiled.failure.map(({ offset, message }) => [offset, message]);
}

describe('a condition is never true', () => {
  it.each<[source: string, offset: number]>([
    ['form_ms > 5 && form_ms < 3', 15],
    ['form_ms > 5 && form_ms <= 5', 15],
    ['form_ms >= 5 && form_ms < 5', 16],
    ['form_ms == 5 && form_ms == 6', 16],
    ['form_ms == 5 && form_ms > 5', 16],
    ['5 < form_ms && 3 > form_ms', 15],
    ['form_ms > 5 && (ip_fake_share > 0.5 && form_ms < 3)', 39],
    ['form_ms > 1 && form_ms > 5 && form_ms < 9 && form_ms < 4', 45],
    // Behind a negation, an arithmetic or a list the same was accepted.
    ['form_ms > 5 && !(form_ms > 3)', 15],
    ['form_ms / 1000 > 5 && form_ms < 3000', 22],
    ['2 * device_accounts_24h > 20 && device_accounts_24h < 5', 32],
    ['device_accounts_24h in [3, 4] && device_accounts_24h > 5', 33],
    ['!(form_ms < 5 || form_ms >= 5)', 0],
    ['form_ms > 5 ? form_ms < 3 : form_ms > 7', 0],
    // Whole numbers have nothing between two neighbours, and a truth is one of two.
    ['device_accounts_24h > 4 && device_accounts_24h < 5', 27],
    ['email_is_free > 0.0 && email_is_free != 1', 23],
    ['email_is_free != 0 && email_is_free != 1', 22],
    // Single precision has no 0.45.
    ['ip_fake_share == 0.45', 0],
    // Members of the event, as well as features.
    ['event.data.form_ms < 0', 0],
    ['event.data.form_ms > 5 && event.data.form_ms < 3', 26],
    ['size(event.data.username) < 0', 0],
    ['size(event.data.username) > 8 && size(event.data.username) < 8', 33],
    ['event.data.kind == "like" && event.data.kind == "post"', 29],
    ['event.data.kind == "like" && event.data.kind in ["post", "message"]', 29],
    ['event.data.kind in ["like"] && event.data.kind != "like"', 31],
    ['event.data.username == "anna" && event.data.username == "dana"', 33],
    ['event.type == "account.signup" && event.type == "account.login"', 34],
    // What is missing is neither.
    ['!known(form_ms) && form_ms < 4000', 19],
    ['!has(event.data.email) && event.data.email.endsWith(".example")', 26],
    ['has(event.data.context.ip) && !has(event.data.context)', 30],
    ['listed("partners", event.subject) && !listed("partners", event.subject)', 37],
    // Two things, of which only how they lie to each other is known.
    ['form_ms < captcha_ms && captcha_ms <= form_ms', 24],
    ['event.data.username == event.data.display_name && event.data.display_name != event.data.username', 50],
    ['form_ms < form_ms', 0],
  ])('%s (at %i)', (source, offset) => {
    expect(faultsOf(source)).toEqual([[offset, expect.stringContaining('never true')]]);
  });

  it.each<[source: string, offset: number]>([
    ['device_accounts_24h > 5 || (form_ms > 5 && form_ms < 3)', 43],
    ['device_accounts_24h > 5 && (form_ms > 9 || form_ms > 5 && form_ms < 3)', 58],
  ])('in a part: %s (at %i)', (source, offset) => {
    expect(faultsOf(source)).toEqual([[offset, expect.stringContaining('This part is never true')]]);
  });
});

describe('a condition is always true', () => {
  it.each([
    'form_ms < 5 || form_ms >= 5',
    '!(form_ms > 5 && form_ms < 3)',
    'account_events_24h > 3 || account_events_24h < 10',
    'email_is_free == 0 || email_is_free == 1',
    'known(form_ms) || !known(form_ms)',
    '!known(form_ms) || form_ms >= 0',
    'event.data.form_ms >= 0',
    'size(event.data.username) >= 0',
    'event.data.status in ["attempted", "succeeded", "failed"]',
    'event.data.kind != "like" || event.data.kind != "post"',
    'form_ms < captcha_ms || form_ms >= captcha_ms',
  ])('%s', (source) => {
    expect(faultsOf(source)).toEqual([[expect.any(Number), expect.stringContaining('always true')]]);
  });
});

describe('a condition may be either', () => {
  it.each([
    'form_ms > 3 && form_ms < 5',
    'form_ms >= 5 && form_ms <= 5',
    'form_ms > 5 || form_ms < 3',
    'form_ms > 5 && ip_fake_share < 0.3',
    'form_ms > 5 && !(form_ms < 3)',
    'form_ms != 5 && form_ms == 6',
    'form_ms > 5 && form_ms > 3',
    'form_ms / 1000 >= 4 && form_ms <= 4000',
    'ip_fake_share == 0.5',
    'ip_fake_share >= 0.45 && ip_fake_share < 0.46',
    'device_accounts_24h > 4 && device_accounts_24h < 6',
    'event.data.kind == "like" || event.data.kind == "post"',
    'event.data.form_ms > 3 && event.data.form_ms < 5',
    '!known(form_ms) || form_ms < 4000',
    'known(form_ms) && form_ms < 4000',
    // 0 / 0 lies to nothing: neither below, nor equal, nor above.
    'device_accounts_24h / ip_accounts_24h < 2 || device_accounts_24h / ip_accounts_24h >= 2',
    '!(form_ms / captcha_ms < 2) && !(form_ms / captcha_ms >= 2)',
    'event.data.link_domains.exists(x, x == "a.example") && event.data.link_domains.exists(x, x == "b.example")',
  ])('%s', (source) => {
    expect(faultsOf(source)).toEqual([]);
  });
});

const messagesOf = (when: string, on: readonly string[]): readonly string[] => {
  const loaded = loadPolicy(
    Buffer.from(documentOf(ruleOf({ when, on }))),
    featureNames,
    undefined,
    undefined,
    featureDomain,
  );
  return loaded.ok ? [] : loaded.failure.map(({ message }) => message);
};

describe('on the types of events that its rule is tried on', () => {
  it.each([
    [
      'event.type == "account.login" && form_ms < 4000',
      ['account.signup'],
      'never true on what the rule is tried on (account.signup)',
    ],
    ['event.type != "account.signup"', ['account.signup'], 'never true'],
    ['event.type == "account.signup"', ['account.signup'], 'always true'],
    ['event.type in ["account.signup", "account.login"]', ['account.login', 'account.signup'], 'always true'],
    ['form_ms < 4000 || event.type == "account.login"', ['account.signup'], 'This part is never true'],
  ] as const)('%s of %j is a fault: %s', (when, on, said) => {
    expect(messagesOf(when, on)).toEqual([expect.stringContaining(said)]);
  });

  it.each([
    ['event.type == "account.signup" && form_ms < 4000', ['account.signup', 'account.login']],
    ['event.type == "account.signup"', ['account.signup', 'account.login']],
  ] as const)('%s of %j is none', (when, on) => {
    expect(messagesOf(when, on)).toEqual([]);
  });
});
