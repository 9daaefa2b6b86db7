import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRuleEnvironment } from '../../../src/policy/expression/environment.ts';
import { canAllBeTrue, canBeFalse, type Domains } from '../../../src/policy/expression/satisfiable.ts';
import { eventOf } from '../../unit/policy/policies.ts';

/**
 * A policy is refused for a condition that is never, or always, true. Who is refused must be right: so each such verdict is held against
 * everything that the small world of this test can be, as the library answers it.
 */

const names = ['a', 'b'];
const values = [NaN, 0, 1, 2, 3];
const environment = createRuleEnvironment(names);
const domains: Domains = {
  number: ({ kind, name }) => {
    if (kind === 'member' && name !== 'data.form_ms') return undefined;
    return { least: 0, most: 3, isWhole: kind !== 'size', isSingle: kind === 'feature' };
  },
  words: (path) => (path === 'data.kind' ? ['like', 'post'] : undefined),
};
const events = [
  ...[undefined, 0, 1, 2, 3].map((form) =>
    eventOf('account.signup', { status: 'succeeded', ...(form === undefined ? {} : { form_ms: form }) }),
  ),
  eventOf('account.signup', { status: 'failed', username: 'u', form_ms: 2 }),
  ...(['like', 'post'] as const).map((kind) => eventOf('content.created', { kind })),
];

const name = fc.constantFrom(...names);
const comparator = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
const number = fc.constantFrom('0', '1', '2', '3', '1.5', '2.0', '4', '-1', '(3 - 1)');
const literal = fc.oneof(
  { arbitrary: fc.tuple(name, comparator, number).map((parts) => parts.join(' ')), weight: 5 },
  fc.tuple(number, comparator, name).map((parts) => parts.join(' ')),
  fc.tuple(name, comparator, name).map((parts) => parts.join(' ')),
  fc.tuple(name, fc.constantFrom('/ 2', '* 3', '- 1', '* -1'), comparator, number).map((parts) => parts.join(' ')),
  fc.tuple(name, name, comparator, number).map(([one, other, ...rest]) => `${one} / ${other} ${rest.join(' ')}`),
  name.map((feature) => `known(${feature})`),
  fc.tuple(name, fc.subarray(['0', '1', '2', '3.0'])).map(([feature, list]) => `${feature} in [${list.join(', ')}]`),
  fc.tuple(comparator, number).map(([operator, value]) => `event.data.form_ms ${operator} ${value}`),
  fc.constantFrom(
    'has(event.data.form_ms)',
    'has(event.data.username)',
    'event.data.kind == "like"',
    'event.data.kind != "like"',
    'event.data.kind in ["like", "post"]',
    'event.data.username == "u"',
    'size(event.data.username) > 0',
    'event.data.username.startsWith("u")',
  ),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { arbitrary: literal, weight: 3 },
    { arbitrary: fc.tuple(tie('condition'), tie('condition')).map((both) => `(${both.join(' && ')})`), weight: 4 },
    fc.tuple(tie('condition'), tie('condition')).map((both) => `(${both.join(' || ')})`),
    tie('condition').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('condition'), tie('condition'), tie('condition'))
      .map(([one, two, three]) => `(${one} ? ${two} : ${three})`),
  ),
}));

/** All that the library answers, `error` among it, over everything that there is. */
function answersOf(source: string): Set<unknown> {
  const program = environment.cel.parse(source);
  const answers = new Set<unknown>();
  for (const event of events)
    for (const a of values)
      for (const b of values) {
        environment.showRow(event, Float32Array.from([a, b]), 0);
        try {
          answers.add(program(environment.context));
        } catch {
          answers.add('error');
        }
      }
  return answers;
}

describe('what is said of a condition before anything happened', () => {
  it('is so, whatever happens', () => {
    let [never, always] = [0, 0];
    fc.assert(
      fc.property(condition, (source) => {
        const { ast } = environment.cel.parse(source);
        const [isNever, isAlways] = [!canAllBeTrue([ast], domains), !canBeFalse(ast, domains)];
        if (!isNever && !isAlways) return;
        never += Number(isNever);
        always += Number(isAlways);
        const answers = answersOf(source);
        if (isNever) expect(answers.has(true)).toBe(false);
        if (isAlways) expect(answers.has(false)).toBe(false);
      }),
      { numRuns: 3_000 },
    );
    // Or it would prove nothing.
    expect(Math.min(never, always)).toBeGreaterThan(50);
  });
});
