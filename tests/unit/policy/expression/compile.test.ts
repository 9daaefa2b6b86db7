import { describe, expect, it } from 'vitest';
import type { AccountEvent } from '../../../../src/domain/event.ts';
import { limits } from '../../../../src/domain/limits.ts';
import { createExpressionCompiler, type Expression } from '../../../../src/policy/expression/compile.ts';
import { eventOf, features, rowOf, signup, type FeatureName } from '../policies.ts';

const compiler = createExpressionCompiler(features);

function expressionOf(source: string): Expression {
  const compiled = compiler.compile(source);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.failure));
  return compiled.value;
}

type Values = Partial<Record<FeatureName, number>>;

function answerOf(source: string, values: Values, event: AccountEvent = signup): boolean {
  return expressionOf(source).holds(event, rowOf(values), 0);
}

describe('numbers', () => {
  it.each<[string, Values, boolean]>([
    ['form_ms < 4000', { form_ms: 3999 }, true],
    ['form_ms < 4000', { form_ms: 4000 }, false],
    ['form_ms <= 4000', { form_ms: 4000 }, true],
    ['4000 > form_ms', { form_ms: 3999 }, true],
    ['form_ms == 4000', { form_ms: 4000 }, true],
    ['form_ms == 4000.0', { form_ms: 4000 }, true],
    ['form_ms != 4000', { form_ms: 4000 }, false],
    ['form_ms != 4000', { form_ms: 1 }, true],
    ['form_ms > -1', { form_ms: 0 }, true],
    ['form_ms / 1000 > 3', { form_ms: 3500 }, true],
    ['form_ms > 60 * 60 * 1000', { form_ms: 3_600_001 }, true],
    ['2 * form_ms + 1 == 9', { form_ms: 4 }, true],
    ['form_ms - device_accounts_24h > 0', { form_ms: 3, device_accounts_24h: 2 }, true],
    ['form_ms / device_accounts_24h >= 1.5', { form_ms: 3, device_accounts_24h: 2 }, true],
    // 0 / 0 is not missing: CEL has it as a number that differs from all others.
    ['form_ms / share != 1.0', { form_ms: 0, share: 0 }, true],
    ['share > 0 && form_ms / share != 1.0', { form_ms: 0, share: 0 }, false],
    ['form_ms in [1, 2, 3]', { form_ms: 2 }, true],
    ['form_ms in [1, 2, 3]', { form_ms: 4 }, false],
    ['(form_ms > 10 ? share : 0.0) > 0.5', { form_ms: 11, share: 0.75 }, true],
    ['device_accounts_24h >= 10 && form_ms < 4000', { device_accounts_24h: 10, form_ms: 1 }, true],
    ['device_accounts_24h >= 10 || form_ms < 4000', { device_accounts_24h: 1, form_ms: 1 }, true],
    ['!(device_accounts_24h >= 10 || form_ms < 4000)', { device_accounts_24h: 1, form_ms: 4000 }, true],
  ])('%s of %j is %s', (source, values, expected) => {
    expect(answerOf(source, values)).toBe(expected);
  });

  it('are read from the row that begins at the offset', () => {
    const matrix = Float32Array.from([...rowOf({ form_ms: 9 }), ...rowOf({ form_ms: 1 })]);
    const plain = expressionOf('form_ms < 5');
    const byLibrary = expressionOf('form_ms in [1]');
    expect([plain.holds(signup, matrix, 0), plain.holds(signup, matrix, features.length)]).toEqual([false, true]);
    expect([byLibrary.holds(signup, matrix, 0), byLibrary.holds(signup, matrix, features.length)]).toEqual([
      false,
      true,
    ]);
  });
});

describe('a missing feature', () => {
  it.each<[string, Values, boolean]>([
    ['form_ms < 4000', {}, false],
    ['form_ms != 4000', {}, false],
    ['!(form_ms < 4000)', {}, false],
    ['!(form_ms == 4000)', {}, false],
    ['form_ms == share', {}, false],
    ['-form_ms < 1', {}, false],
    ['form_ms + share < 1', { share: 0 }, false],
    ['!(form_ms in [1, 2])', {}, false],
    ['(form_ms > 1 ? share : share) >= 0', { share: 1 }, false],
    // What the rest decides alone stands, in either order: CEL's logic of errors.
    ['form_ms < 4000 || share > 0.5', { share: 1 }, true],
    ['share > 0.5 || form_ms < 4000', { share: 1 }, true],
    ['form_ms < 4000 || share > 0.5', { share: 0 }, false],
    ['form_ms < 4000 && share > 0.5', { share: 1 }, false],
    ['!(form_ms < 4000 && share > 0.5)', { share: 0 }, true],
    ['!(share > 0.5 && form_ms < 4000)', { share: 0 }, true],
    ['!(form_ms < 4000 && share > 0.5)', { share: 1 }, false],
    ['!(form_ms < 4000 || share > 0.5)', { share: 1 }, false],
    ['!(form_ms < 4000 || share > 0.5)', { share: 0 }, false],
    ['(form_ms in [1, 2]) || share > 0.5', { share: 1 }, true],
    ['known(form_ms)', {}, false],
    ['known(form_ms)', { form_ms: 0 }, true],
    ['!known(form_ms)', {}, true],
    ['!known(form_ms) || form_ms < 4000', {}, true],
    ['!known(form_ms) && share in [1]', { share: 1 }, true],
    ['known(form_ms) && share in [1]', { share: 1 }, false],
  ])('%s of %j is %s', (source, values, expected) => {
    expect(answerOf(source, values)).toBe(expected);
  });

  it('is nothing to count', () => {
    const expression = expressionOf('form_ms in [1] || share > 0.5');
    expression.holds(signup, rowOf({}), 0);
    expect(expression.counts).toEqual({ absentMembers: 0, errors: 0 });
  });
});

const post = eventOf('content.created', {
  kind: 'post',
  link_domains: ['a.example', 'b.example'],
  context: { ip: '192.0.2.7', locale: 'kk-KZ' },
});

describe('event members', () => {
  it.each<[string, AccountEvent, boolean]>([
    ['event.type == "account.signup"', signup, true],
    ['event.source.startsWith("/platform")', signup, true],
    ['event.subject == "acc_1"', signup, true],
    ['event.data.status == "succeeded"', signup, true],
    ['event.data.status in ["failed", "attempted"]', signup, false],
    ['event["data"]["status"] == "succeeded"', signup, true],
    ['event.data.context.ip.startsWith("192.0.2.")', post, true],
    ['event.data.kind == "post" && size(event.data.link_domains) == 2', post, true],
    ['event.data.link_domains.exists(domain, domain.endsWith("b.example"))', post, true],
    ['event.data.link_domains.all(domain, domain == "a.example")', post, false],
    ['"a.example" in event.data.link_domains', post, true],
    ['cel.bind(links, event.data.link_domains, size(links) > 1)', post, true],
    ['event.data.form_ms < 4000', eventOf('account.signup', { status: 'failed', form_ms: 10 }), true],
    // Absent.
    ['event.data.email == "a@b.example"', signup, false],
    ['event.data.email != "a@b.example"', signup, false],
    ['!(event.data.email.endsWith(".example"))', signup, false],
    ['event.data.context.ip == "192.0.2.7"', signup, false],
    ['event.data.email == "" || event.data.status == "succeeded"', signup, true],
    ['has(event.data.email)', signup, false],
    ['!has(event.data.email)', signup, true],
    ['has(event.data.context) && has(event.data.context.ip)', signup, false],
    ['has(event.data.context.ip)', post, true],
    ['has(event.data.email) && event.data.email.endsWith(".example")', signup, false],
  ])('%s', (source, event, expected) => {
    expect(answerOf(source, {}, event)).toBe(expected);
  });

  it('counts an absent member, and does not throw', () => {
    const plain = expressionOf('event.data.email == "a@b.example"');
    const within = expressionOf('event.data.email == "" || event.data.phone == ""');
    for (const expression of [plain, within]) {
      expect(expression.holds(signup, rowOf({}), 0)).toBe(false);
      expect(expression.counts).toEqual({ absentMembers: 1, errors: 0 });
    }
  });

  it('asks for a member only when everything else is true', () => {
    const expression = expressionOf('event.data.email == "a@b.example" && form_ms < 10');
    expression.holds(signup, rowOf({ form_ms: 11 }), 0);
    expect(expression.counts.absentMembers).toBe(0);
  });

  it('counts another error, and does not throw', () => {
    const expression = expressionOf('event.data.link_domains[7] == "a.example"');
    expect(expression.holds(post, rowOf({}), 0)).toBe(false);
    expect(expression.counts).toEqual({ absentMembers: 0, errors: 1 });
  });

  it('does not see members of a former event', () => {
    const expression = expressionOf('event.data.context.ip == "192.0.2.7"');
    expect(expression.holds(post, rowOf({}), 0)).toBe(true);
    expect(expression.holds(eventOf('content.created', { kind: 'like' }), rowOf({}), 0)).toBe(false);
  });
});

describe('a condition is refused', () => {
  it.each<[string, number, string]>([
    ['form_ms <', 9, 'ends too early'],
    ['form_ms < 1 and share > 1', 12, 'cannot be read from "and" on'],
    ['form_ms = 3', 8, 'cannot be read from "="'],
    ['form_ms < "x"', 0, 'The types do not fit'],
    ['form_ms', 0, 'gives a double, not true or false'],
    ['share > 1 && fom_ms < 1', 13, 'fom_ms is not a feature'],
    ['event.data.emial == ""', 11, 'event.data has no member emial'],
    ['event.dta.email == ""', 0, 'event has no member dta'],
    ['has(event.data.context.ipp)', 23, 'event.data.context has no member ipp'],
    ['abs(form_ms) > 1', 0, 'The types do not fit'],
    ['event.data.email.matches("(a+)+$")', 0, 'matches() is not allowed'],
    ['known(1)', 0, 'known() asks for one feature'],
    ['known(event.data.email)', 0, 'known() asks for one feature'],
    ['event.data.link_domains.all(a, event.data.link_domains.all(b, a == b))', 31, 'inside another list function'],
    ['1 < 2', 0, 'always true'],
    ['true || form_ms > 1', 0, 'always true'],
    ['form_ms > 1 && 1 > 2', 0, 'never true'],
    ['form_ms > 5 && share > 1 && form_ms < 3', 28, 'contradicts what stands before it'],
    ['('.repeat(400) + 'true' + ')'.repeat(400), 250, 'cannot be read'],
    [`form_ms > 1 ${' '.repeat(limits.ruleExpressionLengthMax)}`, 0, 'longer than 2048 characters'],
  ])('%s', (source, offset, message) => {
    const compiled = compiler.compile(source);
    if (compiled.ok) throw new Error('was accepted');
    expect(compiled.failure).toHaveLength(1);
    expect(compiled.failure[0]!.message).toContain(message);
    expect(compiled.failure[0]!.offset).toBe(offset);
  });

  it('with all names that do not exist, each in its place', () => {
    const compiled = compiler.compile('fom_ms > 1 && shar > 1 || event.data.emial == "" && has(event.dat)');
    if (compiled.ok) throw new Error('was accepted');
    expect(compiled.failure.map(({ offset }) => offset)).toEqual([0, 14, 37, 62]);
    expect(compiled.failure.map(({ remedy }) => /Did you mean (\S+)\?/.exec(remedy)?.[1])).toEqual([
      'form_ms',
      'share',
      'email',
      'data',
    ]);
  });
});
