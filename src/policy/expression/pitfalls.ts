import type { ASTNode } from '@marcbachmann/cel-js';
import {
  contentKinds,
  labels,
  labelSources,
  loginMethods,
  reportReasons,
  requestOutcomes,
  requestVerbs,
  statuses,
  verificationChannels,
} from '../../domain/event.ts';
import { suggestion } from '../../domain/similar.ts';
import { scoredTypes } from '../policy.ts';
import type { ExpressionFault } from './check.ts';
import { childrenOf, memberPathOf } from './syntax-tree.ts';

/** What a condition says and its author hardly meant: it can be read, and is never or always so. */
export function pitfallFaults(root: ASTNode): ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  const visit = (node: ASTNode): void => {
    faults.push(...divisionFault(node), ...wordFaults(node));
    childrenOf(node).forEach(visit);
  };
  visit(root);
  return faults;
}

/** `1 / 5` is 0 in CEL. */
function divisionFault(node: ASTNode): ExpressionFault[] {
  if (node.op !== '/') return [];
  const [left, right] = [wholeOf(node.args[0]), wholeOf(node.args[1])];
  if (left === undefined || right === undefined || right === 0n || left % right === 0n) return [];
  return [
    {
      offset: node.start,
      message: `A division of whole numbers drops the remainder: ${left} / ${right} is ${left / right}.`,
      remedy: `Write ${left}.0 / ${right}, or ${Number(left) / Number(right)}.`,
    },
  ];
}

/** The value of a term that CEL takes for a whole number whatever the event; undefined for others. */
function wholeOf(node: ASTNode): bigint | undefined {
  if (node.op === 'value') return typeof node.args === 'bigint' ? node.args : undefined;
  if (node.op === '-_') {
    const value = wholeOf(node.args);
    return value === undefined ? undefined : -value;
  }
  return undefined;
}

/** The words that a member may have, by its path below `event`. Any other is one that a comparison waits for in vain. */
const words: Readonly<Record<string, readonly string[]>> = {
  type: scoredTypes,
  'data.status': statuses,
  'data.method': loginMethods,
  'data.channel': verificationChannels,
  'data.verb': requestVerbs,
  'data.outcome': requestOutcomes,
  'data.kind': contentKinds,
  'data.reason': reportReasons,
  'data.label': labels,
  'data.by': labelSources,
};

function wordFaults(node: ASTNode): ExpressionFault[] {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return [];
  const [left, right] = node.args;
  return [...wordsCompared(left, right), ...(node.op === 'in' ? [] : wordsCompared(right, left))];
}

function wordsCompared(member: ASTNode, compared: ASTNode): ExpressionFault[] {
  const path = memberPathOf(member)?.join('.');
  const known = path === undefined ? undefined : words[path];
  if (known === undefined) return [];
  const literals = compared.op === 'list' ? (compared.args as readonly ASTNode[]) : [compared];
  return literals.flatMap((literal) => {
    if (literal.op !== 'value' || typeof literal.args !== 'string' || known.includes(literal.args)) return [];
    return [
      {
        offset: literal.start,
        message: `event.${path} is never ${JSON.stringify(literal.args)}.`,
        remedy: `It is one of ${known.join(', ')}.${suggestion(literal.args, known)}`,
      },
    ];
  });
}
