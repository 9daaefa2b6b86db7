import type { ASTNode } from '@marcbachmann/cel-js';

/** The list macros of CEL: their first argument is a variable of their own, and is seen by the arguments after it. */
export const listMacros: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/** The parts of a node, in source order. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    default:
      return node.args;
  }
}

/** The members below `event` that a node names, `event.data.email` as `['data', 'email']`; undefined for other nodes. */
export function memberPathOf(node: ASTNode): readonly string[] | undefined {
  if (node.op === 'id') return node.args === 'event' ? [] : undefined;
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const above = memberPathOf(node.args[0]);
  const name = node.op === '.' ? node.args[1] : literalOf(node.args[1]);
  return above === undefined || typeof name !== 'string' ? undefined : [...above, name];
}

function literalOf(node: ASTNode): unknown {
  return node.op === 'value' ? node.args : undefined;
}

/** The conditions that must all be true for a condition to be true: `a && (b && c)` gives a, b and c. */
export function conjunctsOf(node: ASTNode): readonly ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjunctsOf) : [node];
}
