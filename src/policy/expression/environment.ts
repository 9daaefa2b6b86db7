import assert from 'node:assert/strict';
import { Environment, EvaluationError, type ASTNode } from '@marcbachmann/cel-js';
import type { AccountEvent } from '../../domain/event.ts';
import type { ListLookup } from '../../domain/listed.ts';
import { questionOf, type ListQuestion } from './listable.ts';
import { contextView, dataView, eventView, viewEvent } from './event-view.ts';

/** CEL with the catalogue's features and `event` as variables. */
export interface RuleEnvironment {
  readonly cel: Environment;
  /** The context of a call, over the row that is shown. The same object every time: see `showRow`. */
  readonly context: object;
  /**
   * Turns the context to another event and its row, which begins at `offset`. Values are read when an expression asks for
   * them: to make an object of 65 values per event costs more than the ten rules that would look at a few of them.
   */
  showRow(event: AccountEvent, features: Float32Array, offset: number, lists?: ListLookup): void;
}

/** What conditions are answered about, until the next row. */
interface Shown {
  /** Absent where there are no lists: nothing is on any. */
  lists: ListLookup | undefined;
}

/**
 * A missing feature is an absent variable: CEL answers a read of it with an error, and its logic of errors is what a rule
 * needs. `error || true` is true, `error && false` is false, whatever else is made of an error is an error, and an error
 * does not fire. Source: CEL language definition, "Logical Operators".
 */
export function createRuleEnvironment(features: readonly string[]): RuleEnvironment {
  const cel = new Environment({ homogeneousAggregateLiterals: false });
  for (const name of features) cel.registerVariable(name, 'double');
  registerEvent(cel);
  registerWholeNumbers(cel);
  registerKnown(cel);
  const now: Shown = { lists: undefined };
  registerListed(cel, now);
  return { cel, ...createContext(features, now) };
}

function createContext(features: readonly string[], now: Shown): Pick<RuleEnvironment, 'context' | 'showRow'> {
  assert(!features.includes('event'), 'a feature called event would hide the event');
  let row = new Float32Array(0);
  let start = 0;
  let shown: object | undefined;
  const context = {};
  features.forEach((name, column) => {
    Object.defineProperty(context, name, {
      get() {
        const value = row[start + column];
        return Number.isNaN(value) ? undefined : value;
      },
    });
  });
  Object.defineProperty(context, 'event', { get: () => shown });
  return {
    context,
    showRow: (event, values, offset, lists) => {
      now.lists = lists;
      row = values as Float32Array<ArrayBuffer>;
      start = offset;
      shown = viewEvent(event);
    },
  };
}

function registerEvent(cel: Environment): void {
  cel.registerType('EventContext', contextView);
  cel.registerType('EventData', dataView);
  cel.registerType('Event', eventView);
  cel.registerVariable('event', 'Event');
}

/** Lets people write `form_ms / 1000 == 4` without `.0`: CEL itself only orders whole numbers with others. */
function registerWholeNumbers(cel: Environment): void {
  cel.registerOperator('double == int', (left: number, right: bigint) => left === Number(right));
  cel.registerOperator('double in list<int>', (value: number, list: readonly bigint[]) =>
    list.some((element) => Number(element) === value),
  );
  const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
    '+': (left, right) => left + right,
    '-': (left, right) => left - right,
    '*': (left, right) => left * right,
    '/': (left, right) => left / right,
  };
  for (const [operator, apply] of Object.entries(operators)) {
    cel.registerOperator(`double ${operator} int: double`, (left: number, right: bigint) => apply(left, Number(right)));
    cel.registerOperator(`int ${operator} double: double`, (left: bigint, right: number) => apply(Number(left), right));
  }
}

/** What `known` uses of the library's macro protocol, which it types loosely. */
interface KnownMacro {
  readonly feature: ASTNode;
}
interface Checker {
  check(node: ASTNode, scope: object): unknown;
  getType(name: string): unknown;
}
interface Scope {
  getValue(name: string): unknown;
}

/** `known(feature)`: whether a feature has a value. An error only where there is no event at all, as when folding. */
function registerKnown(cel: Environment): void {
  cel.registerFunction('known(ast): bool', ({ args }: { readonly args: readonly ASTNode[] }) => ({
    feature: args[0],
    async: false,
    typeCheck(checker: Checker, macro: KnownMacro, scope: object) {
      checker.check(macro.feature, scope);
      return checker.getType('bool');
    },
    evaluate(_evaluator: unknown, macro: KnownMacro, scope: Scope) {
      if (scope.getValue('event') === undefined) throw new Error('known() depends on an event');
      return scope.getValue(macro.feature.args as string) !== undefined;
    },
  }));
}

/** What `listed` uses of the macro protocol: the question, where it is one, and its second argument. */
interface ListedMacro {
  readonly question: ListQuestion | undefined;
}

/**
 * `listed("partners", event.data.context.ip)`: whether a member is on a list, whatever the entry's kind. A member that is not there is
 * missing, and no more off the list than on it.
 */
function registerListed(cel: Environment, now: Readonly<Shown>): void {
  cel.registerFunction('listed(ast, ast): bool', ({ args }: { readonly args: readonly ASTNode[] }) => ({
    question: questionOf(args),
    async: false,
    typeCheck: (checker: Checker) => checker.getType('bool'),
    evaluate(_evaluator: unknown, { question }: ListedMacro, scope: Scope) {
      assert(question !== undefined, 'the check refuses other arguments');
      const event = scope.getValue('event');
      const isThere = event !== undefined && question.path.reduce<unknown>(memberOf, event) !== undefined;
      if (!isThere) throw new EvaluationError({ code: 'no_such_key', message: `No such key: ${question.path.at(-1)}` });
      return now.lists?.(question.list, question.types) ?? false;
    },
  }));
}

function memberOf(value: unknown, name: string): unknown {
  return value === undefined ? undefined : (value as Readonly<Record<string, unknown>>)[name];
}
