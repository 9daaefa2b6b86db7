import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRuleEnvironment } from '../../../src/policy/expression/environment.ts';
import { translate } from '../../../src/policy/expression/translate.ts';
import { signup } from '../../unit/policy/policies.ts';

/**
 * Two computations, one answer: the closures against the library, whose word is final. A missing feature is an absent variable
 * to the library, so its errors are what the closures must call neither true nor false.
 */

const names = ['a', 'b', 'c', 'd'];
const columns = new Map(names.map((name, column) => [name, column]));
const environment = createRuleEnvironment(names);

const number = fc.oneof(
  fc.integer({ min: -3, max: 12 }).map(String),
  fc.integer({ min: -3, max: 12 }).map((value) => `${value}.0`),
  fc.constantFrom('0.5', '1e3', '0.1', '2147483648', '-7.25', '9007199254740993'),
);
const name = fc.constantFrom(...names);
const comparator = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { arbitrary: name, weight: 4 },
    { arbitrary: number, weight: 2 },
    fc.tuple(tie('value'), fc.constantFrom('+', '-', '*', '/'), tie('value')).map((parts) => `(${parts.join(' ')})`),
    tie('value').map((inner) => `-(${inner})`),
  ),
}));

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    { arbitrary: fc.tuple(value, comparator, value).map((parts) => parts.join(' ')), weight: 4 },
    { arbitrary: name.map((feature) => `known(${feature})`), weight: 1 },
    fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map((parts) => `(${parts.join(' ')})`),
    tie('condition').map((inner) => `!(${inner})`),
  ),
}));

// Values that meet the constants often, or are extreme; missing ones are common.
const feature = fc.oneof(
  { arbitrary: fc.constant(NaN), weight: 2 },
  { arbitrary: fc.integer({ min: -3, max: 12 }), weight: 4 },
  { arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }), weight: 2 },
);
const row = fc.array(feature, { minLength: names.length, maxLength: names.length });

/** True, false, or undefined for an error. */
function answerOfLibrary(source: string, features: Float32Array, offset: number): unknown {
  environment.showRow(signup, features, offset);
  try {
    return environment.cel.evaluate(source, environment.context);
  } catch {
    return undefined;
  }
}

describe('the translation of a condition', () => {
  it('is certainly true exactly where the library says true, and certainly false where it says false', () => {
    let translated = 0;
    fc.assert(
      fc.property(condition, row, (source, values) => {
        fc.pre(environment.cel.check(source).valid);
        const { ast } = environment.cel.parse(source);
        const isTrue = translate(ast, columns);
        const isFalse = translate(ast, columns, false);
        expect(isTrue === undefined).toBe(isFalse === undefined);
        if (isTrue === undefined || isFalse === undefined) return;
        translated++;
        const matrix = Float32Array.from([NaN, 1, 2, 3, ...values]);
        const answer = answerOfLibrary(source, matrix, names.length);
        expect([isTrue(matrix, names.length), isFalse(matrix, names.length)]).toEqual([
          answer === true,
          answer === false,
        ]);
      }),
      { numRuns: 5000 },
    );
    expect(translated).toBeGreaterThan(500);
  });

  it.each([
    ['a / b > 5.0', [10, 1], true],
    ['a / b > 5.0', [10, 0], true],
    ['a / b > 5.0', [-10, 0], false],
    ['a / b > 5.0', [0, 0], false],
    ['a / b != a', [0, 0], true],
    ['a / b > 5.0', [NaN, 0], undefined],
    ['a / b != a', [0, NaN], undefined],
    ['-(a / b) == a / b', [0, 0], false],
    ['a / b - a / b <= 0.0', [1, 0], false],
    ['a / 0.0 >= 1.0', [1], true],
    ['a / 0 >= 1.0', [0], false],
    ['c + a / b != 1.0', [0, 0, NaN], undefined],
  ] as const)('divides as the library does, by zero too: %s of %j', (source, values, expected) => {
    const { ast } = environment.cel.parse(source);
    const matrix = Float32Array.from(names, (_, column) => values[column] ?? NaN);
    const [isTrue, isFalse] = [translate(ast, columns)!, translate(ast, columns, false)!];
    expect(answerOfLibrary(source, matrix, 0)).toBe(expected);
    expect([isTrue(matrix, 0), isFalse(matrix, 0)]).toEqual([expected === true, expected === false]);
  });
});
