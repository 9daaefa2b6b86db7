import type { ASTNode } from '@marcbachmann/cel-js';
import type { EventType } from '../../domain/event.ts';
import { limits } from '../../domain/limits.ts';
import { dataMembers } from '../event-members.ts';
import { scoredTypes } from '../policy.ts';
import type { ExpressionFault } from './check.ts';
import type { NumberDomain } from './number-set.ts';
import { words } from './pitfalls.ts';
import type { DomainOf } from './ranges.ts';
import { canAllBeTrue, canBeFalse, type Domains } from './satisfiable.ts';
import { conjunctsOf } from './syntax-tree.ts';

/**
 * What the parts of a condition leave of each other: `form_ms > 5 && form_ms < 3` is never true, and `form_ms < 5 || form_ms >= 5` is true of
 * everybody who has a form. One fault at most.
 * @param on the types of events that the rule is tried on, where it is not tried on all: a signup alone is never a login.
 */
export function contradictionFaults(
  root: ASTNode,
  domainOf: DomainOf,
  on?: readonly EventType[],
): readonly ExpressionFault[] {
  const domains = domainsOf(domainOf, on ?? scoredTypes);
  const never = neverIn(root, domains);
  const where = on === undefined ? '' : ` on what the rule is tried on (${on.join(', ')})`;
  if (never !== undefined) {
    const isWhole = !canAllBeTrue([root], domains);
    return [isWhole ? neverTrue(never, where) : partNeverTrue(never, where)];
  }
  return canBeFalse(root, domains) ? [] : [alwaysTrue(root, where)];
}

function neverTrue({ start: offset }: ASTNode, where: string): ExpressionFault {
  return {
    offset,
    message: `The condition is never true${where}: this contradicts what stands before it.`,
    remedy: 'Widen one of the two bounds, or join them with ||.',
  };
}

function partNeverTrue({ start: offset }: ASTNode, where: string): ExpressionFault {
  return {
    offset,
    message: `This part is never true${where}: it contradicts what stands before it.`,
    remedy: 'Widen one of the two bounds, or remove the part.',
  };
}

function alwaysTrue({ start: offset }: ASTNode, where: string): ExpressionFault {
  return {
    offset,
    message: `The condition is always true${where} where what it names is known: nothing makes it false.`,
    remedy:
      'A rule has to depend on the event. Whether something is known say known(form_ms) and has(event.data.email).',
  };
}

/** The first part that cannot be true beside what stands before it; an alternative by itself. */
function neverIn(node: ASTNode, domains: Domains): ASTNode | undefined {
  if (node.op === '||') return firstOf(node.args, domains);
  const conjuncts = conjunctsOf(node);
  const found = conjuncts.find((_, index) => !canAllBeTrue(conjuncts.slice(0, index + 1), domains));
  return found ?? (conjuncts.length > 1 ? firstOf(conjuncts, domains) : undefined);
}

function firstOf(nodes: readonly ASTNode[], domains: Domains): ASTNode | undefined {
  for (const node of nodes) {
    const never = neverIn(node, domains);
    if (never !== undefined) return never;
  }
  return undefined;
}

function domainsOf(domainOf: DomainOf, on: readonly EventType[]): Domains {
  return {
    number: ({ kind, name }) => {
      if (kind === 'size') return sizes;
      if (kind === 'member')
        return name.startsWith('data.') && dataMembers[name.slice(5)] === 'double' ? durations : undefined;
      const domain = domainOf(name);
      return { least: -Infinity, most: Infinity, isWhole: false, ...domain, isSingle: true };
    },
    words: (path) => (path === 'type' ? on : words[path]),
  };
}

const sizes: NumberDomain = { least: 0, most: Infinity, isWhole: true, isSingle: false };
/** All numbers of events are lengths of time, milliseconds. */
const durations: NumberDomain = { least: 0, most: limits.durationMsMax, isWhole: true, isSingle: false };
