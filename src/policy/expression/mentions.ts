import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf, listMacros, memberPathOf } from './syntax-tree.ts';

/** A name that an expression reads, and where. */
export interface VariableMention {
  readonly name: string;
  readonly node: ASTNode;
}
export interface MemberMention {
  /** Below `event`, at least one name. */
  readonly path: readonly string[];
  readonly node: ASTNode;
}
export interface CallMention {
  readonly name: string;
  readonly node: ASTNode;
  readonly arguments: readonly ASTNode[];
  /** Whether it runs once per element of a list. */
  readonly inListMacro: boolean;
}

/** Everything that an expression names, in source order. Variables of list macros are not among the variables. */
export interface Mentions {
  readonly variables: readonly VariableMention[];
  readonly members: readonly MemberMention[];
  readonly calls: readonly CallMention[];
}

export function mentionsOf(root: ASTNode): Mentions {
  const variables: VariableMention[] = [];
  const members: MemberMention[] = [];
  const calls: CallMention[] = [];

  const visit = (node: ASTNode, bound: readonly string[], inListMacro: boolean): void => {
    const path = memberPathOf(node);
    if (path !== undefined && path.length > 0) {
      members.push({ path, node });
      return;
    }
    if (node.op === 'id' && !bound.includes(node.args)) variables.push({ name: node.args, node });
    if (node.op === 'call') calls.push({ name: node.args[0], node, arguments: node.args[1], inListMacro });
    if (node.op === 'rcall') {
      const [name, receiver, parameters] = node.args;
      calls.push({ name, node, arguments: parameters, inListMacro });
      const own = boundBy(name, parameters);
      if (own !== undefined) {
        visit(receiver, bound, inListMacro);
        const inside = inListMacro || listMacros.has(name);
        for (const parameter of parameters.slice(1)) visit(parameter, [...bound, own], inside);
        return;
      }
    }
    for (const child of childrenOf(node)) visit(child, bound, inListMacro);
  };
  visit(root, [], false);
  return { variables, members, calls };
}

/** The variable that a macro brings: `d` of `list.exists(d, d == "a.example")` and of `cel.bind(d, 1, d)`. */
function boundBy(name: string, parameters: readonly ASTNode[]): string | undefined {
  const first = parameters[0];
  return (listMacros.has(name) || name === 'bind') && first?.op === 'id' ? first.args : undefined;
}
