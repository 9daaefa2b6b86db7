import type { ASTNode } from '@marcbachmann/cel-js';

/** A test of one row, which begins at `offset`. */
export type Test = (features: Float32Array, offset: number) => boolean;
type Value = (features: Float32Array, offset: number) => number;

export type Comparator = '<' | '<=' | '>' | '>=' | '==' | '!=';
export type Columns = ReadonlyMap<string, number>;

/** A side of a comparison. `isWhole` tells CEL's int, whose division drops the remainder, from its double. */
export type Term =
  | { readonly kind: 'feature'; readonly column: number }
  | { readonly kind: 'constant'; readonly value: number; readonly isWhole: boolean }
  | {
      readonly kind: 'computed';
      readonly value: Value;
      /** Whether what it is made of is missing; given where it can be NaN without that, as 0 / 0 is. */
      readonly isMissing?: Test;
    };

export interface Comparison {
  readonly comparator: Comparator;
  readonly left: Term;
  readonly right: Term;
}

/** Of two numbers, when the comparison is false. */
export const opposite = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' } as const;
/** With its sides changed. */
export const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const;

/**
 * Turns the common part of CEL (comparisons of features and numbers, `&&`, `||`, `!`, `known`, arithmetic) into closures
 * over the matrix; undefined for anything else, which is then the library's to evaluate. The library is the authority: a
 * property test holds the two together.
 *
 * The answer is a test for "is certainly true", or with `expected` false for "is certainly false". Negation moves inward
 * until it stands at a comparison and turns it round, and a comparison with NaN is never true in JavaScript: so the
 * three values of CEL's logic (true, false, error for what is missing) cost nothing. Features are finite or NaN.
 */
export function translate(node: ASTNode, columns: Columns, expected = true): Test | undefined {
  switch (node.op) {
    case '&&':
    case '||': {
      const first = translate(node.args[0], columns, expected);
      const second = translate(node.args[1], columns, expected);
      if (first === undefined || second === undefined) return undefined;
      return (node.op === '&&') === expected ? both(first, second) : either(first, second);
    }
    case '!_':
      return translate(node.args, columns, !expected);
    case 'call':
      return translateKnown(node.args, columns, expected);
    default: {
      const comparison = comparisonOf(node, columns);
      if (comparison === undefined) return undefined;
      const { comparator, left, right } = comparison;
      return canBeIndeterminate(left) || canBeIndeterminate(right)
        ? compareIndeterminate(comparator, left, right, expected)
        : compare(expected ? comparator : opposite[comparator], left, right);
    }
  }
}

/** A comparison of numbers, turned so that a constant stands on the right; undefined for other nodes. */
export function comparisonOf(node: ASTNode, columns: Columns): Comparison | undefined {
  switch (node.op) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=': {
      const left = termOf(node.args[0], columns);
      const right = termOf(node.args[1], columns);
      if (left === undefined || right === undefined) return undefined;
      if (left.kind !== 'constant') return { comparator: node.op, left, right };
      return right.kind === 'constant' ? undefined : { comparator: mirrored[node.op], left: right, right: left };
    }
    default:
      return undefined;
  }
}

function translateKnown(
  [name, parameters]: readonly [string, readonly ASTNode[]],
  columns: Columns,
  expected: boolean,
): Test | undefined {
  const feature = parameters[0];
  if (name !== 'known' || feature?.op !== 'id') return undefined;
  const column = columns.get(feature.args);
  return column === undefined ? undefined : isKnown(column, expected);
}

/** Whether a feature has a value, or with `expected` false has none. */
export function isKnown(column: number, expected = true): Test {
  return (features, offset) => Number.isNaN(features[offset + column]) !== expected;
}

function termOf(node: ASTNode, columns: Columns): Term | undefined {
  switch (node.op) {
    case 'id': {
      const column = columns.get(node.args);
      return column === undefined ? undefined : { kind: 'feature', column };
    }
    case 'value':
      return constant(node.args);
    case '-_': {
      const term = termOf(node.args, columns);
      if (term === undefined) return undefined;
      if (term.kind === 'constant') return { ...term, value: -term.value };
      const value = valueOf(term);
      const isMissing = canBeIndeterminate(term) ? missingIn(term) : undefined;
      return computed((features, offset) => -value(features, offset), isMissing);
    }
    case '+':
    case '-':
    case '*':
    case '/':
      return arithmetic(node.op, termOf(node.args[0], columns), termOf(node.args[1], columns));
    default:
      return undefined;
  }
}

function constant(literal: unknown): Term | undefined {
  if (typeof literal === 'bigint') {
    const value = Number(literal);
    return Number.isSafeInteger(value) ? { kind: 'constant', value, isWhole: true } : undefined;
  }
  return typeof literal === 'number' ? { kind: 'constant', value: literal, isWhole: false } : undefined;
}

/** Left to the library: whole numbers among themselves, which divide otherwise. */
function arithmetic(
  operator: '+' | '-' | '*' | '/',
  left: Term | undefined,
  right: Term | undefined,
): Term | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left.kind === 'constant' && right.kind === 'constant' && left.isWhole && right.isWhole) return undefined;
  const divides = operator === '/' && (right.kind !== 'constant' || right.value === 0);
  const isMissing =
    divides || canBeIndeterminate(left) || canBeIndeterminate(right)
      ? either(missingIn(left), missingIn(right))
      : undefined;
  return computed(calculations[operator](valueOf(left), valueOf(right)), isMissing);
}

const calculations: Readonly<Record<'+' | '-' | '*' | '/', (left: Value, right: Value) => Value>> = {
  '+': (left, right) => (features, offset) => left(features, offset) + right(features, offset),
  '-': (left, right) => (features, offset) => left(features, offset) - right(features, offset),
  '*': (left, right) => (features, offset) => left(features, offset) * right(features, offset),
  '/': (left, right) => (features, offset) => left(features, offset) / right(features, offset),
};

function computed(value: Value, isMissing?: Test): Term {
  return { kind: 'computed', value, ...(isMissing === undefined ? {} : { isMissing }) };
}

/** Whether its value can be NaN though nothing is missing: what divides by 0, and what is made of that. */
function canBeIndeterminate(term: Term): boolean {
  return term.kind === 'computed' && term.isMissing !== undefined;
}

function missingIn(term: Term): Test {
  if (term.kind === 'constant') return () => false;
  if (term.kind === 'feature') return isKnown(term.column, false);
  const { value, isMissing } = term;
  return isMissing ?? ((features, offset) => Number.isNaN(value(features, offset)));
}

function valueOf(term: Term): Value {
  if (term.kind === 'computed') return term.value;
  if (term.kind === 'constant') return () => term.value;
  return (features, offset) => features[offset + term.column]!;
}

function compare(comparator: Comparator, left: Term, right: Term): Test {
  return left.kind === 'feature' && right.kind === 'constant'
    ? featureTests[comparator](left.column, right.value)
    : tests[comparator](valueOf(left), valueOf(right));
}

/** As `compare`; but where a value is NaN and nothing is missing, it is not equal to anything, and no other comparison holds. */
function compareIndeterminate(comparator: Comparator, left: Term, right: Term, expected: boolean): Test {
  const [first, second] = [valueOf(left), valueOf(right)];
  const holds = between[comparator];
  const isMissing = either(missingIn(left), missingIn(right));
  const isUnequal = (comparator === '!=') === expected;
  return (features, offset) => {
    const one = first(features, offset);
    const other = second(features, offset);
    if (Number.isNaN(one) || Number.isNaN(other)) return isUnequal && !isMissing(features, offset);
    return holds(one, other) === expected;
  };
}

const between: Readonly<Record<Comparator, (one: number, other: number) => boolean>> = {
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
  '==': (one, other) => one === other,
  '!=': (one, other) => one !== other,
};

// Not equal is written as a distance, which NaN does not have.
const tests: Readonly<Record<Comparator, (left: Value, right: Value) => Test>> = {
  '<': (left, right) => (features, offset) => left(features, offset) < right(features, offset),
  '<=': (left, right) => (features, offset) => left(features, offset) <= right(features, offset),
  '>': (left, right) => (features, offset) => left(features, offset) > right(features, offset),
  '>=': (left, right) => (features, offset) => left(features, offset) >= right(features, offset),
  '==': (left, right) => (features, offset) => left(features, offset) === right(features, offset),
  '!=': (left, right) => (features, offset) => Math.abs(left(features, offset) - right(features, offset)) > 0,
};

/** The common case, a feature against a number, without calls. */
const featureTests: Readonly<Record<Comparator, (column: number, limit: number) => Test>> = {
  '<': (column, limit) => (features, offset) => features[offset + column]! < limit,
  '<=': (column, limit) => (features, offset) => features[offset + column]! <= limit,
  '>': (column, limit) => (features, offset) => features[offset + column]! > limit,
  '>=': (column, limit) => (features, offset) => features[offset + column]! >= limit,
  '==': (column, limit) => (features, offset) => features[offset + column] === limit,
  '!=': (column, limit) => (features, offset) => Math.abs(features[offset + column]! - limit) > 0,
};

function both(first: Test, second: Test): Test {
  return (features, offset) => first(features, offset) && second(features, offset);
}

function either(first: Test, second: Test): Test {
  return (features, offset) => first(features, offset) || second(features, offset);
}
