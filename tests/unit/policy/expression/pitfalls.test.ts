import { describe, expect, it } from 'vitest';
import { featureDomain, featureNames } from '../../../../src/features/catalogue.ts';
import { createExpressionCompiler } from '../../../../src/policy/expression/compile.ts';

const compiler = createExpressionCompiler(featureNames, undefined, featureDomain);

function faultsOf(source: string): readonly [offset: number, message: string][] {
  const compiled = compiler.compile(source);
  return compiled.ok ? [] : compiled.failure.map(({ offset, message }) => [offset, message]);
}

describe('a condition that was accepted without a word', () => {
  it.each<[source: string, offset: number, said: string]>([
    ['account_events_24h >= 0', 0, 'always true'],
    ['account_events_24h > -1 || form_ms < 4000', 0, 'always true'],
    ['form_ms >= 0 && ip_fake_share <= 1', 0, 'always true'],
    ['!(form_ms < 0)', 0, 'always true'],
    ['ip_fake_share > 1.5', 0, 'never true'],
    ['device_accounts_24h > 5 && form_ms < 0', 27, 'never true'],
    ['device_accounts_24h > 5 || form_ms < 0', 27, 'never true'],
    ['email_is_free == 2', 0, 'never true'],
    ['username_likelihood > 0.5', 0, 'never true'],
    ['ip_fake_share + device_fake_share > 2.5', 0, 'never true'],
    ['ip_fake_share * 100 > 150.0', 0, 'never true'],
    ['ip_devices_per_signup_24h < 1 / 5', 28, '1 / 5 is 0'],
    ['account_repeat_share_24h > 3 / 2', 27, '3 / 2 is 1'],
    ['ip_devices_per_signup_24h < (1 + 2) / 5', 29, '3 / 5 is 0'],
    ['ip_devices_per_signup_24h < 2 * 3 / 4', 28, '6 / 4 is 1'],
    ['size(event.data.username) / 20 > 0.5', 0, 'drops the remainder'],
    ['size(event.data.link_domains) / size(event.data.target) > 0.5', 0, 'drops the remainder'],
    ['event.data.kind.startsWith("Li")', 27, 'never one of which startsWith("Li") is true'],
    ['event.data.reason.contains("phish")', 27, 'never one of which contains("phish") is true'],
    ['event.data.kind == "Like"', 19, 'never "Like"'],
    ['"liked" == event.data.kind', 0, 'never "liked"'],
    ['event.type == "signup"', 14, 'never "signup"'],
    ['event.type == "account.labelled"', 14, 'never "account.labelled"'],
    ['event.data.status != "success"', 21, 'never "success"'],
    ['event.data.reason in ["fake", "scam"]', 30, 'never "scam"'],
  ])('%s is a fault at %i: %s', (source, offset, said) => {
    const faults = faultsOf(source);
    expect(faults[0]?.[0]).toBe(offset);
    expect(faults[0]?.[1]).toContain(said);
  });

  it.each([
    'account_events_24h >= 1',
    'form_ms > 0',
    'ip_fake_share > 0.5 && form_ms < 4000',
    'ip_fake_share >= 1',
    'account_events_7d - account_events_1h <= 1',
    'form_ms / 1000 < 4',
    'device_accounts_24h > 10 / 5',
    'ip_devices_per_signup_24h < 1.0 / 5',
    'device_accounts_24h / ip_accounts_24h > 5',
    'size(event.data.username) / 20.0 > 0.5',
    'event.data.kind.startsWith("li")',
    'event.data.kind == "like"',
    'event.data.kind in ["post", "comment"]',
    'event.data.username == "Like"',
    'event.type == "account.signup" && form_ms < 4000',
    '!known(form_ms) || form_ms < 4000',
  ])('but %s is none', (source) => {
    expect(faultsOf(source)).toEqual([]);
  });
});

describe('who asks whether something is missing', () => {
  it.each([
    ['form_ms != null', 0, 'Write known(form_ms).'],
    ['device_accounts_24h > 3 && null == form_ms', 27, 'Write !known(form_ms).'],
    ['event.data.email == null', 0, 'Write !has(event.data.email).'],
    ['event.data.context.ip != null', 0, 'Write has(event.data.context.ip).'],
    ['has(form_ms) && form_ms < 4000', 0, 'Write known(form_ms);'],
  ])('by %s is told at %i what to write: %s', (source, offset, remedy) => {
    const compiled = compiler.compile(source);
    expect(compiled.ok ? [] : compiled.failure).toEqual([
      { offset, message: expect.any(String), remedy: expect.stringContaining(remedy) },
    ]);
  });
});
