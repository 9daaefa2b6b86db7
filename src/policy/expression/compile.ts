import { EvaluationError, ParseError, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import type { AccountEvent, EventType } from '../../domain/event.ts';
import type { ListLookup } from '../../domain/listed.ts';
import type { Result } from '../../domain/failure.ts';
import { limits } from '../../domain/limits.ts';
import type { RuleCounts } from '../policy.ts';
import {
  constantFaults,
  mentionFaults,
  nullFaults,
  syntaxFault,
  typeFaults,
  type ExpressionFault,
  type KnownNames,
} from './check.ts';
import { createRuleEnvironment, type RuleEnvironment } from './environment.ts';
import { mentionsOf, type Mentions } from './mentions.ts';
import { normalFormOf } from './normal-form.ts';
import { pitfallFaults } from './pitfalls.ts';
import { contradictionFaults } from './contradictions.ts';
import { rangeFaults, type DomainOf } from './ranges.ts';
import { requirementsOf } from './requirements.ts';
import { conjunctsOf } from './syntax-tree.ts';
import { isKnown, translate, type Columns, type Test } from './translate.ts';

/** A condition, checked and ready. */
export interface Expression {
  readonly mentions: Mentions;
  /** Equal for conditions that say the same in another order. */
  readonly normalForm: string;
  readonly counts: Readonly<RuleCounts>;
  /** What it never, or always, is of a rule that is tried on these types of events alone. */
  faultsOn(types: readonly EventType[]): readonly ExpressionFault[];
  /** Whether it is true of an event and its row, which begins at `offset`. Never throws. */
  readonly holds: (event: AccountEvent, features: Float32Array, offset: number, lists?: ListLookup) => boolean;
}

export interface ExpressionCompiler {
  readonly columns: Columns;
  /** Names of the lists that what was compiled asks for. */
  readonly asked: ReadonlySet<string>;
  compile(source: string): Result<Expression, readonly ExpressionFault[]>;
}

/** @param features the catalogue's names, in column order. @param lists names of the lists that there are, where that is known. */
export function createExpressionCompiler(
  features: readonly string[],
  lists?: ReadonlySet<string>,
  domainOf: DomainOf = () => undefined,
): ExpressionCompiler {
  const environment = createRuleEnvironment(features);
  const columns: Columns = new Map(features.map((name, column) => [name, column]));
  const asked = new Set<string>();
  const known: KnownNames = { columns, lists, asked };
  return { columns, asked, compile: (source) => compile(source, environment, known, domainOf) };
}

function compile(
  source: string,
  environment: RuleEnvironment,
  known: KnownNames,
  domainOf: DomainOf,
): Result<Expression, readonly ExpressionFault[]> {
  if (source.length > limits.ruleExpressionLengthMax) {
    const message = `The condition is longer than ${limits.ruleExpressionLengthMax} characters.`;
    return { ok: false, failure: [{ offset: 0, message, remedy: 'Split it into several rules.' }] };
  }
  let program: ParseResult;
  try {
    program = environment.cel.parse(source);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { ok: false, failure: [syntaxFault(source, error)] };
  }
  const mentions = mentionsOf(program.ast);
  const faults = firstFaults(
    () => mentionFaults(mentions, environment.cel, known),
    () => nullFaults(program.ast, known),
    () => typeFaults(program),
    () => pitfallFaults(program.ast),
    () => constantFaults(program),
    () => rangeFaults(program.ast, domainOf),
    () => contradictionFaults(program.ast, domainOf),
  );
  if (faults.length > 0) return { ok: false, failure: faults };
  const faultsOn = (types: readonly EventType[]): readonly ExpressionFault[] =>
    contradictionFaults(program.ast, domainOf, types);
  return { ok: true, value: { ...expressionOf(program, mentions, environment, known.columns), faultsOn } };
}

/** Each check rests on the ones before it. */
function firstFaults(...checks: readonly (() => readonly ExpressionFault[])[]): readonly ExpressionFault[] {
  for (const check of checks) {
    const faults = check();
    if (faults.length > 0) return faults;
  }
  return [];
}

function expressionOf(
  program: ParseResult,
  mentions: Mentions,
  environment: RuleEnvironment,
  columns: Columns,
): Omit<Expression, 'faultsOn'> {
  const counts: RuleCounts = { absentMembers: 0, errors: 0 };
  const { tests, members, isWhole } = planOf(program.ast, columns);

  const ask = (event: AccountEvent, features: Float32Array, offset: number, lists?: ListLookup): boolean => {
    if (!members.every((path) => carries(event, path))) {
      counts.absentMembers++;
      return false;
    }
    environment.showRow(event, features, offset, lists);
    try {
      return program(environment.context) === true;
    } catch (error) {
      count(counts, error);
      return false;
    }
  };
  const holds: Expression['holds'] = (event, features, offset, lists) => {
    for (const test of tests) if (!test(features, offset)) return false;
    return isWhole || ask(event, features, offset, lists);
  };
  return { mentions, normalForm: normalFormOf(program.ast), counts, holds };
}

/** How a condition is answered: by closures as far as they go, and by the library for what remains. */
interface Plan {
  /** All true, or the condition is not. */
  readonly tests: readonly Test[];
  /** Members below `event` that must be there, or the condition is not true. */
  readonly members: readonly (readonly string[])[];
  /** Whether the tests are the whole condition. */
  readonly isWhole: boolean;
}

function planOf(root: ASTNode, columns: Columns): Plan {
  const tests: Test[] = [];
  const members: (readonly string[])[] = [];
  let isWhole = true;
  for (const conjunct of conjunctsOf(root)) {
    const test = translate(conjunct, columns);
    if (test !== undefined) {
      tests.push(test);
      continue;
    }
    isWhole = false;
    const required = requirementsOf(conjunct);
    for (const name of required.features) if (columns.has(name)) tests.push(isKnown(columns.get(name)!));
    members.push(...required.members);
  }
  return { tests, members, isWhole };
}

function carries(event: AccountEvent, path: readonly string[]): boolean {
  let value: unknown = event;
  for (const name of path) {
    if (value === undefined) return false;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value !== undefined;
}

function count(counts: RuleCounts, error: unknown): void {
  const code = error instanceof EvaluationError ? error.code : undefined;
  if (code === 'no_such_key') counts.absentMembers++;
  // An absent variable is a missing feature, which is nothing to count.
  else if (code !== 'unknown_variable') counts.errors++;
}
