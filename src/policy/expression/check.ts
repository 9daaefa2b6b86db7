import type { ASTNode, Environment, ParseError, ParseResult } from '@marcbachmann/cel-js';
import type { EventType } from '../../domain/event.ts';
import { canCarry, contextMembers, dataMembers, envelopeMembers } from '../event-members.ts';
import { suggestion } from '../../domain/similar.ts';
import { listName } from '../../domain/list-entry.ts';
import { listableMembers, questionOf, type ListQuestion } from './listable.ts';
import type { CallMention, MemberMention, Mentions } from './mentions.ts';
import { childrenOf, memberPathOf } from './syntax-tree.ts';
import type { Columns } from './translate.ts';

/** What conditions may name. */
export interface KnownNames {
  readonly columns: Columns;
  /** Names of the lists that there are; undefined where that is not known. */
  readonly lists: ReadonlySet<string> | undefined;
  /** Names of lists that conditions ask for: added to. */
  readonly asked: Set<string>;
}

/** A fault of an expression, at an offset in it. */
export interface ExpressionFault {
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

const readme = 'See src/policy/README.md for what a condition may say.';

export function syntaxFault(source: string, error: ParseError): ExpressionFault {
  const offset = error.range?.start ?? 0;
  const word = /^\s*(\w+|\S+)/.exec(source.slice(offset))?.[1];
  return {
    offset,
    message: word === undefined ? 'The condition ends too early.' : `The condition cannot be read from "${word}" on.`,
    remedy: 'And is &&, or is ||, not is !, equal is ==, and texts and brackets are closed.',
  };
}

/** Names that do not exist, all of them, and what a condition may not do. */
export function mentionFaults(mentions: Mentions, cel: Environment, known: KnownNames): ExpressionFault[] {
  const { columns } = known;
  const features = [...columns.keys()];
  return [
    ...mentions.variables
      .filter(({ name }) => !cel.hasVariable(name))
      .map(({ name, node }) => ({
        offset: node.start,
        message: `${name} is not a feature of the catalogue.`,
        remedy: `Use a feature, or a member of event.${suggestion(name, features)}`,
      })),
    ...mentions.members.flatMap(memberFault),
    ...mentions.calls.flatMap((call) => callFault(call, known)),
  ];
}

function memberFault({ path, node }: MemberMention): ExpressionFault[] {
  let known: Readonly<Record<string, unknown>> = { ...envelopeMembers, data: dataMembersAndContext };
  for (const [depth, name] of path.entries()) {
    if (!Object.hasOwn(known, name)) {
      const above = ['event', ...path.slice(0, depth)].join('.');
      return [
        {
          // A member stands last in its node, so its own place is found from the node's end.
          offset: depth === path.length - 1 ? Math.max(node.start, node.end - name.length) : node.start,
          message: `${above} has no member ${name}.`,
          remedy: `It has ${Object.keys(known).join(', ')}.${suggestion(name, Object.keys(known))}`,
        },
      ];
    }
    const next = known[name];
    if (typeof next === 'string') break;
    known = next as Readonly<Record<string, unknown>>;
  }
  return [];
}

const dataMembersAndContext = { ...dataMembers, context: contextMembers };

function callFault(
  { name, node, arguments: parameters, inListMacro }: CallMention,
  { columns, lists, asked }: KnownNames,
): ExpressionFault[] {
  const offset = node.start;
  switch (name) {
    case 'matches':
      return [
        {
          offset,
          message: 'matches() is not allowed: a pattern can take minutes over a text that someone chose for it.',
          remedy: 'Use startsWith, endsWith, contains, or a feature.',
        },
      ];
    case 'known': {
      const feature = parameters[0];
      if (parameters.length === 1 && feature?.op === 'id' && columns.has(feature.args)) return [];
      return [
        {
          offset,
          message: 'known() asks for one feature of the catalogue.',
          remedy: 'Write known(form_ms); whether a member is there says has(event.data.email).',
        },
      ];
    }
    case 'has': {
      const feature = parameters[0];
      if (feature?.op !== 'id' || !columns.has(feature.args)) return [];
      const remedy = `Write known(${feature.args}); has() asks whether the event has a member, as in has(event.data.email).`;
      return [{ offset, message: `has() does not ask for a feature such as ${feature.args}.`, remedy }];
    }
    case 'listed':
      return listedFault(questionOf(parameters), offset, lists, asked);
    case 'all':
    case 'exists':
    case 'exists_one':
    case 'filter':
    case 'map':
      if (!inListMacro) return [];
      return [
        {
          offset,
          message: `${name}() stands inside another list function, which multiplies the cost of every event.`,
          remedy: 'Go through one list at a time.',
        },
      ];
    default:
      return [];
  }
}

function listedFault(
  question: ListQuestion | undefined,
  offset: number,
  lists: ReadonlySet<string> | undefined,
  asked: Set<string>,
): ExpressionFault[] {
  if (question === undefined || !listName.test(question.list)) {
    const message = 'listed() asks for the name of a list, in quotes, and a member that lists can name.';
    const remedy = `Write listed("partners", event.data.context.ip); members are ${listableMembers.join(', ')}.`;
    return [{ offset, message, remedy }];
  }
  asked.add(question.list);
  if (lists === undefined || lists.has(question.list)) return [];
  const remedy = `Use one that has entries: ${[...lists].join(', ') || 'there is none'}.${suggestion(question.list, [...lists])}`;
  return [{ offset, message: `There is no list ${question.list}.`, remedy }];
}

/** Nothing is ever null here, and who compares with it asks whether something is missing. */
export function nullFaults(root: ASTNode, { columns }: KnownNames): ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  const visit = (node: ASTNode): void => {
    if (node.op === '==' || node.op === '!=') {
      const [left, right] = node.args;
      const asked = isNull(left) ? right : isNull(right) ? left : undefined;
      if (asked !== undefined) faults.push(nullFault(asked, node, columns));
    }
    childrenOf(node).forEach(visit);
  };
  visit(root);
  return faults;
}

function isNull(node: ASTNode): boolean {
  return node.op === 'value' && node.args === null;
}

function nullFault(asked: ASTNode, { op, start: offset }: ASTNode, columns: Columns): ExpressionFault {
  const path = memberPathOf(asked);
  const name = asked.op === 'id' && columns.has(asked.args) ? asked.args : undefined;
  const known = name !== undefined ? `known(${name})` : `has(${['event', ...(path ?? ['data', 'email'])].join('.')})`;
  return {
    offset,
    message: 'Nothing is null: what is missing makes a comparison neither true nor false.',
    remedy: `Write ${op === '==' ? '!' : ''}${known}.`,
  };
}

/** The library's own check of types; it tells the first fault only. */
export function typeFaults(program: ParseResult): ExpressionFault[] {
  const { valid, type, error } = program.check();
  if (!valid) {
    return [
      {
        offset: error?.range?.start ?? 0,
        message: `The types do not fit: ${error?.summary ?? 'unknown'}.`,
        remedy: `Compare numbers with numbers and texts with texts in quotes. ${readme}`,
      },
    ];
  }
  if (type === 'bool') return [];
  return [
    {
      offset: 0,
      message: `The condition gives a ${type}, not true or false.`,
      remedy: 'Compare it with something, as in form_ms < 4000.',
    },
  ];
}

/** Conditions whose answer is the same for every event, since they ask nothing of it. */
export function constantFaults(program: ParseResult): ExpressionFault[] {
  const always = fold(program);
  if (always === true) {
    return [{ offset: 0, message: 'The condition is always true.', remedy: 'A rule has to depend on the event.' }];
  }
  if (always === false) {
    return [
      { offset: 0, message: 'The condition is never true.', remedy: 'Remove the rule or the part that is false.' },
    ];
  }
  return [];
}

/** The answer where nothing is given: with every feature and the event absent, what is still an answer is always it. */
function fold(program: ParseResult): unknown {
  try {
    return program();
  } catch {
    return undefined;
  }
}

/** Members that none of the rule's types of events carries: the rule could never fire on them. */
export function absentMemberFaults(mentions: Mentions, on: readonly EventType[]): ExpressionFault[] {
  return mentions.members.flatMap(({ path, node }) => {
    const member = path[0] === 'data' ? path[1] : undefined;
    if (member === undefined || on.some((type) => canCarry(type, member))) return [];
    return [
      {
        offset: node.start,
        message: `No event that the rule is tried on has data.${member}.`,
        remedy: `Add a type to "on" that has it, or remove the part (tried on: ${on.join(', ')}).`,
      },
    ];
  });
}
