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

/** `1 / 5` is 0 in CEL, and so is `size(event.data.username) / 20` of nearly every name. */
function divisionFault(node: ASTNode): ExpressionFault[] {
  if (node.op !== '/' || !isInt(node.args[0]) || !isInt(node.args[1])) return [];
  const [left, right] = node.args.map(wholeOf);
  if (left === undefined || right === undefined)
    return [
      {
        offset: node.start,
        message: 'A division of whole numbers drops the remainder: of 9 / 10 nothing is left.',
        remedy: right === undefined ? 'Write double(…) around one of the two.' : `Divide by ${right}.0.`,
      },
    ];
  if (right === 0n || left % right === 0n) return [];
  return [
    {
      offset: node.start,
      message: `A division of whole numbers drops the remainder: ${left} / ${right} is ${left / right}.`,
      remedy: `Write ${left}.0 / ${right}, or ${Number(left) / Number(right)}.`,
    },
  ];
}

/** Whether CEL takes a term for a whole number. Features and members never are. */
function isInt(node: ASTNode): boolean {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'bigint';
    case '-_':
      return isInt(node.args);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return node.args.every(isInt);
    case '?:':
      return isInt(node.args[1]);
    case 'call':
    case 'rcall':
      return node.args[0] === 'size' || node.args[0] === 'int';
    default:
      return false;
  }
}

/** The value of a whole number that is the same whatever the event; undefined for others. */
function wholeOf(node: ASTNode): bigint | undefined {
  if (node.op === 'value') return typeof node.args === 'bigint' ? node.args : undefined;
  if (node.op === '-_') {
    const value = wholeOf(node.args);
    return value === undefined ? undefined : -value;
  }
  if (node.op !== '+' && node.op !== '-' && node.op !== '*') return undefined;
  const [left, right] = node.args.map(wholeOf);
  if (left === undefined || right === undefined) return undefined;
  return node.op === '+' ? left + right : node.op === '-' ? left - right : left * right;
}

/** The words that a member may have, by its path below `event`. Any other is one that a comparison waits for in vain. */
export const words: Readonly<Record<string, readonly string[]>> = {
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

/** Functions that ask for a part of a text, and whether a word has it. */
const partsOfWords: Readonly<Record<string, (word: string, part: string) => boolean>> = {
  startsWith: (word, part) => word.startsWith(part),
  endsWith: (word, part) => word.endsWith(part),
  contains: (word, part) => word.includes(part),
};

function wordFaults(node: ASTNode): ExpressionFault[] {
  if (node.op === 'rcall') return partFaults(node.args);
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return [];
  const [left, right] = node.args;
  return [...wordsCompared(left, right), ...(node.op === 'in' ? [] : wordsCompared(right, left))];
}

function partFaults([name, receiver, [part]]: readonly [string, ASTNode, readonly ASTNode[]]): ExpressionFault[] {
  const has = Object.hasOwn(partsOfWords, name) ? partsOfWords[name] : undefined;
  const path = memberPathOf(receiver)?.join('.');
  const known = path === undefined ? undefined : words[path];
  if (has === undefined || known === undefined || part?.op !== 'value' || typeof part.args !== 'string') return [];
  const text = part.args;
  if (known.some((word) => has(word, text))) return [];
  const message = `event.${path} is never one of which ${name}(${JSON.stringify(text)}) is true.`;
  return [{ offset: part.start, message, remedy: `It is one of ${known.join(', ')}.` }];
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
