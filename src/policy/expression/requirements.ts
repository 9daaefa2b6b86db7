import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf, listMacros, memberPathOf } from './syntax-tree.ts';

/** What a condition cannot be true or false without. */
export interface Requirements {
  readonly features: readonly string[];
  /** Below `event`. */
  readonly members: readonly (readonly string[])[];
}

/**
 * What must be there for the library to answer a condition at all, as far as it is plain: parts of it that may go
 * unevaluated require nothing. To know it beforehand spares the exception by which the library says so, which costs more than ten rules.
 */
export function requirementsOf(root: ASTNode): Requirements {
  const features: string[] = [];
  const members: (readonly string[])[] = [];
  const visit = (node: ASTNode): void => {
    const path = memberPathOf(node);
    if (path !== undefined) members.push(path);
    else if (node.op === 'id') features.push(node.args);
    else evaluatedAlways(node).forEach(visit);
  };
  visit(root);
  return { features, members };
}

function evaluatedAlways(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case '&&':
    case '||':
      return [];
    case '?:':
      return [node.args[0]];
    case 'call':
      return node.args[0] === 'has' || node.args[0] === 'known' ? [] : node.args[1];
    case 'rcall':
      if (node.args[0] === 'bind') return [];
      return listMacros.has(node.args[0]) ? [node.args[1]] : childrenOf(node);
    default:
      return childrenOf(node);
  }
}
