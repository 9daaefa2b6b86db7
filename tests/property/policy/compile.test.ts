import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountEvent } from '../../../src/domain/event.ts';
import { createExpressionCompiler } from '../../../src/policy/expression/compile.ts';
import { createRuleEnvironment } from '../../../src/policy/expression/environment.ts';
import { eventOf } from '../../unit/policy/policies.ts';

/** Closures, tests for what must be there, and the library, put together as rules use them: against the library alone. */

const names = ['a', 'b', 'c'];
const compiler = createExpressionCompiler(names);
const environment = createRuleEnvironment(names);

const name = fc.constantFrom(...names);
const term = fc.oneof(
  fc
    .tuple(name, fc.constantFrom('<', '>=', '==', '!='), fc.integer({ min: 0, max: 3 }))
    .map((parts) => parts.join(' ')),
  name.map((feature) => `known(${feature})`),
  name.map((feature) => `${feature} in [0, 1]`),
  fc.tuple(name, name).map(([first, second]) => `${first} / ${second} > 1`),
  fc.tuple(name, name).map(([first, second]) => `(${first} > 1 ? ${second} : 1.0) > 0.5`),
  fc.constantFrom(
    'event.data.email == "a@b.example"',
    'event.data.email != "a@b.example"',
    'event.data.email.endsWith(".example")',
    'has(event.data.email)',
    'has(event.data.context) && event.data.context.ip.startsWith("192.")',
    'event.data.context.ip == "192.0.2.7"',
    'event.data.form_ms < c',
    'event.type == "account.signup"',
    'size(event.data.link_domains) > 1',
    'event.data.link_domains.exists(x, x == "a.example" || a > 1)',
    'cel.bind(x, a, x > 1)',
  ),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'medium' },
    { arbitrary: term, weight: 4 },
    { arbitrary: fc.tuple(tie('condition'), tie('condition')).map((both) => `(${both.join(' && ')})`), weight: 3 },
    fc.tuple(tie('condition'), tie('condition')).map((both) => `(${both.join(' || ')})`),
    tie('condition').map((inner) => `!(${inner})`),
  ),
}));

const feature = fc.oneof(fc.constant(NaN), fc.integer({ min: 0, max: 3 }));
const row = fc.array(feature, { minLength: names.length, maxLength: names.length });
const event: fc.Arbitrary<AccountEvent> = fc.oneof(
  fc
    .record(
      {
        email: fc.constantFrom('a@b.example', 'c@d.test'),
        form_ms: fc.integer({ min: 0, max: 3 }),
        context: fc.constantFrom({}, { ip: '192.0.2.7' }, { ip: '198.51.100.1' }),
      },
      { requiredKeys: [] },
    )
    .map((data) => eventOf('account.signup', { status: 'succeeded', ...data })),
  fc
    .constantFrom([], ['a.example'], ['b.example', 'a.example'])
    .map((link_domains) => eventOf('content.created', { kind: 'post', link_domains })),
);

describe('a compiled condition', () => {
  it('holds exactly where the library says true, and never throws', () => {
    fc.assert(
      fc.property(condition, row, event, (source, values, happened) => {
        const compiled = compiler.compile(source);
        fc.pre(compiled.ok);
        const matrix = Float32Array.from(values);
        environment.showRow(happened, matrix, 0);
        let answer: unknown;
        try {
          answer = environment.cel.evaluate(source, environment.context);
        } catch {
          answer = 'error';
        }
        expect(compiled.value.holds(happened, matrix, 0)).toBe(answer === true);
      }),
      { numRuns: 3000 },
    );
  });
});
