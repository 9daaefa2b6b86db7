import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './syntax-tree.ts';

/**
 * A text that two expressions share when they say the same in another order or layout: `10 <= a && b` and `b && a >= 10.0`.
 * Only for telling conditions apart; it is no CEL.
 */
export function normalFormOf(node: ASTNode): string {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'string' ? JSON.stringify(node.args) : String(node.args);
    case 'id':
      return node.args;
    case '&&':
    case '||':
    case '==':
    case '!=':
      return list(node.op, operandsOf(node, node.op).map(normalFormOf).toSorted());
    case '<':
    case '<=':
      return list(node.op === '<' ? '>' : '>=', node.args.map(normalFormOf).toReversed());
    case '.':
    case '.?':
      return list(node.op, [normalFormOf(node.args[0]), node.args[1]]);
    case 'call':
    case 'rcall':
      return list(node.args[0], childrenOf(node).map(normalFormOf));
    default:
      return list(node.op, childrenOf(node).map(normalFormOf));
  }
}

function list(head: string, parts: readonly string[]): string {
  return `(${[head, ...parts].join(' ')})`;
}

/** `a && b && c` is one list of three, however it is bracketed. Comparisons do not nest like that. */
function operandsOf(node: ASTNode, operator: '&&' | '||' | '==' | '!='): readonly ASTNode[] {
  if (node.op !== operator) return [node];
  if (operator === '==' || operator === '!=') return node.args;
  return node.args.flatMap((operand) => operandsOf(operand, operator));
}
