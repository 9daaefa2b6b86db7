import type { ASTNode } from '@marcbachmann/cel-js';
import type { ExpressionFault } from './check.ts';
import type { NumberDomain } from './number-set.ts';

/** What values a feature can have; undefined for a name that is none. */
export type DomainOf = (feature: string) => Omit<NumberDomain, 'isSingle'> | undefined;

/** What is known of a condition's answer beforehand, wherever the features that it names are known. */
type Answer = 'always' | 'never' | undefined;

/** The values that a term can take. */
interface Span {
  readonly least: number;
  readonly most: number;
}

/**
 * Parts of a condition that the ranges of the features decide beforehand: `ip_fake_share > 1.5` is never true, and a rule of
 * `account_events_24h >= 0` is true of everybody.
 */
export function rangeFaults(root: ASTNode, domainOf: DomainOf): ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  const visit = (node: ASTNode): void => {
    if (node.op === '&&' || node.op === '||') node.args.forEach(visit);
    else if (answerOf(node, domainOf) === 'never') faults.push(neverTrue(node));
  };
  visit(root);
  if (faults.length === 0 && answerOf(root, domainOf) === 'always') {
    faults.push({
      offset: root.start,
      message: 'The condition is always true where its features are known: no value of theirs makes it false.',
      remedy: 'Choose bounds within the ranges of the features (src/features/README.md).',
    });
  }
  return faults;
}

function neverTrue({ start: offset }: ASTNode): ExpressionFault {
  return {
    offset,
    message: 'This is never true: no value of its features is beyond that bound.',
    remedy: 'Choose a bound within the range of the feature (src/features/README.md), or remove the part.',
  };
}

function answerOf(node: ASTNode, domainOf: DomainOf): Answer {
  switch (node.op) {
    case '&&':
    case '||': {
      const [weak, strong] = node.op === '&&' ? (['always', 'never'] as const) : (['never', 'always'] as const);
      const answers = node.args.map((part) => answerOf(part, domainOf));
      if (answers.includes(strong)) return strong;
      return answers.every((answer) => answer === weak) ? weak : undefined;
    }
    case '!_':
      return opposite(answerOf(node.args, domainOf));
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      return comparisonAnswer(node.op, spanOf(node.args[0], domainOf), spanOf(node.args[1], domainOf));
    default:
      return undefined;
  }
}

function opposite(answer: Answer): Answer {
  return answer === undefined ? undefined : answer === 'always' ? 'never' : 'always';
}

function comparisonAnswer(
  comparator: '<' | '<=' | '>' | '>=' | '==' | '!=',
  left: Span | undefined,
  right: Span | undefined,
): Answer {
  if (left === undefined || right === undefined) return undefined;
  switch (comparator) {
    case '<':
      return left.most < right.least ? 'always' : left.least >= right.most ? 'never' : undefined;
    case '<=':
      return left.most <= right.least ? 'always' : left.least > right.most ? 'never' : undefined;
    case '>':
      return comparisonAnswer('<', right, left);
    case '>=':
      return comparisonAnswer('<=', right, left);
    case '==':
      return left.most < right.least || left.least > right.most ? 'never' : undefined;
    default:
      return opposite(comparisonAnswer('==', left, right));
  }
}

/** Undefined for what is no number, or of which nothing is known. */
function spanOf(node: ASTNode, domainOf: DomainOf): Span | undefined {
  switch (node.op) {
    case 'id':
      return domainOf(node.args);
    case 'value': {
      const value = typeof node.args === 'bigint' ? Number(node.args) : node.args;
      return typeof value === 'number' ? { least: value, most: value } : undefined;
    }
    case '-_': {
      const span = spanOf(node.args, domainOf);
      return span && { least: -span.most, most: -span.least };
    }
    case '+':
    case '-':
    case '*':
    case '/': {
      const left = spanOf(node.args[0], domainOf);
      const right = spanOf(node.args[1], domainOf);
      return left && right && combined(node.op, left, right);
    }
    default:
      return undefined;
  }
}

function combined(operator: '+' | '-' | '*' | '/', left: Span, right: Span): Span | undefined {
  // Left to the run: a divisor that may be 0, or is none of one sign.
  if (operator === '/' && right.least <= 0 && right.most >= 0) return undefined;
  const corners = [left.least, left.most].flatMap((one) =>
    [right.least, right.most].map((other) => calculated(operator, one, other)),
  );
  // 0 times infinity: nothing is known.
  return corners.some(Number.isNaN) ? undefined : { least: Math.min(...corners), most: Math.max(...corners) };
}

function calculated(operator: '+' | '-' | '*' | '/', left: number, right: number): number {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  return operator === '*' ? left * right : left / right;
}
