import type { ASTNode } from '@marcbachmann/cel-js';

/** A part of a condition that is certainly true, or with `isTrue` false certainly false: no `&&`, `||`, `!` or `?:` of its own. */
export interface Literal {
  readonly node: ASTNode;
  readonly isTrue: boolean;
}

/** Alternatives that are written out: a condition that has more is left alone. */
const alternativesMax = 128;

/**
 * The ways in which a condition comes to be certainly true, or with `isTrue` false certainly false: all literals of one of them are then what
 * they say. Undefined where there are too many. What is missing makes nothing certain, so CEL's logic of errors changes nothing here.
 */
export function alternativesOf(node: ASTNode, isTrue = true): readonly (readonly Literal[])[] | undefined {
  switch (node.op) {
    case '!_':
      return alternativesOf(node.args, !isTrue);
    case '&&':
    case '||': {
      const parts = node.args.map((part) => alternativesOf(part, isTrue));
      return (node.op === '&&') === isTrue ? product(parts) : sum(parts);
    }
    case '?:': {
      const [asked, then, otherwise] = node.args;
      return sum([
        product([alternativesOf(asked, true), alternativesOf(then, isTrue)]),
        product([alternativesOf(asked, false), alternativesOf(otherwise, isTrue)]),
      ]);
    }
    default:
      return [[{ node, isTrue }]];
  }
}

/** The same of several conditions at once. */
export function alternativesOfAll(nodes: readonly ASTNode[]): readonly (readonly Literal[])[] | undefined {
  return product(nodes.map((node) => alternativesOf(node)));
}

type Alternatives = readonly (readonly Literal[])[] | undefined;

function sum(parts: readonly Alternatives[]): Alternatives {
  const all: (readonly Literal[])[] = [];
  for (const part of parts) {
    if (part === undefined || all.length + part.length > alternativesMax) return undefined;
    all.push(...part);
  }
  return all;
}

function product(parts: readonly Alternatives[]): Alternatives {
  let all: readonly (readonly Literal[])[] = [[]];
  for (const part of parts) {
    if (part === undefined || all.length * part.length > alternativesMax) return undefined;
    all = all.flatMap((before) => part.map((after) => [...before, ...after]));
  }
  return all;
}
