import type { ASTNode } from '@marcbachmann/cel-js';
import { normalFormOf } from './normal-form.ts';
import { memberPathOf } from './syntax-tree.ts';

/** A number that conditions compare, by what it is made of: `scale` times something that has a value of its own, and `shift`. */
export interface LinearTerm {
  /** What it is made of; undefined for a constant, of which `scale` is 0. */
  readonly source: NumberSource | undefined;
  readonly scale: number;
  readonly shift: number;
  /** Whether it is CEL's int, whose division drops the remainder. */
  readonly isInt: boolean;
}

/** Something of an event that is a number, whatever the event: a feature, a member, how many there are of something. */
export interface NumberSource {
  readonly kind: 'feature' | 'member' | 'size';
  /** Tells it from others of its kind. */
  readonly name: string;
}

/** Reads a term; undefined for what is no number, or is made of several things. @param isNumber whether a member below `event` is one. */
export function linearOf(node: ASTNode, isNumber: (path: readonly string[]) => boolean): LinearTerm | undefined {
  const path = memberPathOf(node);
  if (path !== undefined && path.length > 0)
    return isNumber(path) ? sourceTerm({ kind: 'member', name: path.join('.') }, false) : undefined;
  switch (node.op) {
    case 'id':
      return sourceTerm({ kind: 'feature', name: node.args }, false);
    case 'value':
      return constantOf(node.args);
    case 'call':
    case 'rcall':
      return node.args[0] === 'size' ? sourceTerm({ kind: 'size', name: normalFormOf(node) }, true) : undefined;
    case '-_': {
      const term = linearOf(node.args, isNumber);
      return term && { ...term, scale: -term.scale, shift: -term.shift };
    }
    case '+':
    case '-':
    case '*':
    case '/': {
      const [left, right] = [linearOf(node.args[0], isNumber), linearOf(node.args[1], isNumber)];
      return left && right && calculated(node.op, left, right);
    }
    default:
      return undefined;
  }
}

function sourceTerm(source: NumberSource, isInt: boolean): LinearTerm {
  return { source, scale: 1, shift: 0, isInt };
}

function constantOf(literal: unknown): LinearTerm | undefined {
  const isInt = typeof literal === 'bigint';
  if (!isInt && typeof literal !== 'number') return undefined;
  const shift = Number(literal);
  return isInt && !Number.isSafeInteger(shift) ? undefined : { source: undefined, scale: 0, shift, isInt };
}

function calculated(operator: '+' | '-' | '*' | '/', left: LinearTerm, right: LinearTerm): LinearTerm | undefined {
  const isInt = left.isInt && right.isInt;
  const source = left.source ?? right.source;
  if (operator === '+' || operator === '-') {
    if (left.source !== undefined && right.source !== undefined) return undefined;
    const sign = operator === '+' ? 1 : -1;
    return { source, scale: left.scale + sign * right.scale, shift: left.shift + sign * right.shift, isInt };
  }
  if (operator === '*') {
    const [term, factor] = right.source === undefined ? [left, right] : [right, left];
    if (factor.source !== undefined || factor.shift === 0) return undefined;
    return { source, scale: term.scale * factor.shift, shift: term.shift * factor.shift, isInt };
  }
  if (right.source !== undefined || right.shift === 0) return undefined;
  if (isInt) {
    if (left.source !== undefined) return undefined;
    return { ...left, shift: Math.trunc(left.shift / right.shift) };
  }
  return { source, scale: left.scale / right.shift, shift: left.shift / right.shift, isInt: false };
}
