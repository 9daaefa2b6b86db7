import assert from 'node:assert/strict';
import type { ASTNode } from '@marcbachmann/cel-js';
import { alternativesOf, alternativesOfAll, type Literal } from './alternatives.ts';
import { linearOf, type LinearTerm, type NumberSource } from './linear.ts';
import { normalFormOf } from './normal-form.ts';
import { NumberSet, type NumberDomain } from './number-set.ts';
import { requirementsOf } from './requirements.ts';
import { memberPathOf } from './syntax-tree.ts';
import { mirrored, opposite, type Comparator } from './translate.ts';

/** What things can be at all, before a condition says anything. */
export interface Domains {
  number(source: NumberSource): NumberDomain | undefined;
  /** The words that a member may have, by its path below `event`; undefined where it may have any. */
  words(path: string): readonly string[] | undefined;
}

/**
 * Whether conditions can all come to be certainly true. True also where that is not known: each thing that they are made of is looked at by
 * itself.
 */
export function canAllBeTrue(nodes: readonly ASTNode[], domains: Domains): boolean {
  return isPossible(alternativesOfAll(nodes), domains);
}

/** Whether a condition can come to be certainly false: not where it is true whenever what it names is known. */
export function canBeFalse(node: ASTNode, domains: Domains): boolean {
  return isPossible(alternativesOf(node, false), domains);
}

function isPossible(alternatives: ReturnType<typeof alternativesOf>, domains: Domains): boolean {
  return alternatives === undefined || alternatives.some((literals) => areCompatible(literals, domains));
}

function areCompatible(literals: readonly Literal[], domains: Domains): boolean {
  const facts = new Facts(domains);
  return literals.every((literal) => facts.add(literal));
}

/** How two numbers, or texts, may lie to each other; `apart`: one of them is not a number. */
const lies = { below: 1, equal: 2, above: 4, apart: 8 } as const;
const liesOf: Readonly<Record<Comparator, number>> = {
  '<': lies.below,
  '<=': lies.below | lies.equal,
  '>': lies.above,
  '>=': lies.above | lies.equal,
  '==': lies.equal,
  '!=': lies.below | lies.above | lies.apart,
};
function isComparator(operator: string): operator is Comparator {
  return Object.hasOwn(liesOf, operator);
}

/** What is calculated is rounded: a bound that was moved to the other side is held to less than all of its digits. */
const roundingShare = 1e-9;

/** What literals that are all true say of each thing. */
class Facts {
  readonly #domains: Domains;
  readonly #numbers = new Map<string, NumberSet>();
  readonly #texts = new Map<string, TextSet>();
  readonly #truths = new Map<string, boolean>();
  /** How two things may still lie to each other, as bits of `lies`. */
  readonly #lies = new Map<string, number>();

  constructor(domains: Domains) {
    this.#domains = domains;
  }

  /** Returns whether it is compatible with all before it. */
  add({ node, isTrue }: Literal): boolean {
    const { features, members } = requirementsOf(node);
    for (const feature of features) if (!this.#isSo(`known ${feature}`, true)) return false;
    for (const path of members) if (!this.#isThere(path)) return false;
    if (node.op === 'value') return node.args === isTrue;
    if (node.op === 'in') return this.#addMembership(node, isTrue);
    if (isComparator(node.op)) return this.#addComparison(node.op, node.args as [ASTNode, ASTNode], node, isTrue);
    return this.#addTruth(node, isTrue);
  }

  #addTruth(node: ASTNode, isTrue: boolean): boolean {
    const [name, parameters] = node.op === 'call' ? node.args : [];
    const asked = parameters?.[0];
    if (name === 'known' && asked?.op === 'id') return this.#isSo(`known ${asked.args}`, isTrue);
    const path = name === 'has' && asked !== undefined ? memberPathOf(asked) : undefined;
    if (path !== undefined) return isTrue ? this.#isThere(path) : this.#isSo(`has ${path.join('.')}`, false);
    return this.#isSo(normalFormOf(node), isTrue);
  }

  #isSo(what: string, isTrue: boolean): boolean {
    const before = this.#truths.get(what);
    this.#truths.set(what, isTrue);
    return before === undefined || before === isTrue;
  }

  /** A member is there only if what it is a member of is. */
  #isThere(path: readonly string[]): boolean {
    return path.every((_, depth) => this.#isSo(`has ${path.slice(0, depth + 1).join('.')}`, true));
  }

  #addMembership(node: ASTNode, isTrue: boolean): boolean {
    const [item, list] = node.args as [ASTNode, ASTNode];
    const values = list.op === 'list' ? (list.args as readonly ASTNode[]).map(literalOf) : [undefined];
    if (values.some((value) => value === undefined)) return this.#isSo(normalFormOf(node), isTrue);
    const path = memberPathOf(item)?.join('.');
    if (path !== undefined && values.every((value) => typeof value === 'string'))
      return this.#textsOf(path).take(values, isTrue);
    const term = this.#linearOf(item);
    const numbers = values.filter((value) => typeof value !== 'string').map(Number);
    if (term === undefined || !isPlain(term) || numbers.length < values.length)
      return this.#isSo(normalFormOf(node), isTrue);
    const set = this.#numbersOf(term.source);
    if (isTrue) {
      set.above(Math.min(...numbers), false);
      set.below(Math.max(...numbers), false);
    } else for (const number of numbers) set.except(number);
    return !set.isEmpty;
  }

  #addComparison(
    comparator: Comparator,
    [left, right]: readonly [ASTNode, ASTNode],
    node: ASTNode,
    isTrue: boolean,
  ): boolean {
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const path = memberPathOf(one)?.join('.');
      const text = literalOf(other);
      if (path !== undefined && typeof text === 'string' && (comparator === '==' || comparator === '!='))
        return this.#textsOf(path).take([text], (comparator === '==') === isTrue);
    }
    const [first, second] = [this.#linearOf(left), this.#linearOf(right)];
    if (first !== undefined && second !== undefined) {
      if (first.source === undefined && second.source === undefined)
        return ((liesOf[comparator] & lieOf(first.shift, second.shift)) !== 0) === isTrue;
      if (second.source === undefined) return this.#narrow(first, isTrue ? comparator : opposite[comparator], second);
      if (first.source === undefined)
        return this.#narrow(second, mirrored[isTrue ? comparator : opposite[comparator]], first);
    }
    return this.#addLie(comparator, left, right, node, isTrue);
  }

  /** Two things of which neither is a constant: what is known is only how they lie to each other. */
  #addLie(comparator: Comparator, left: ASTNode, right: ASTNode, node: ASTNode, isTrue: boolean): boolean {
    const [one, other] = [normalFormOf(left), normalFormOf(right)];
    const [key, asWritten] =
      one <= other ? [`${one} ? ${other}`, comparator] : [`${other} ? ${one}`, mirrored[comparator]];
    // The same on both sides lies equal to itself, unless it is 0 / 0.
    const sameOnly = one === other ? lies.equal | lies.apart : 15;
    const domain = sameOnly & (divides(node) ? 15 : 7);
    const said = isTrue ? liesOf[asWritten] : ~liesOf[asWritten];
    const possible = (this.#lies.get(key) ?? domain) & said;
    this.#lies.set(key, possible);
    return possible !== 0;
  }

  #narrow({ source, scale, shift }: LinearTerm, comparator: Comparator, { shift: constant }: LinearTerm): boolean {
    assert(source !== undefined, 'a constant is compared by itself');
    const set = this.#numbersOf(source);
    const isExact = scale === 1 && shift === 0;
    const value = isExact ? constant : (constant - shift) / scale;
    const rounding = isExact ? 0 : Math.abs(value) * roundingShare + Number.MIN_VALUE;
    const turned = scale < 0 ? mirrored[comparator] : comparator;
    if (turned === '>' || turned === '>=') set.above(value - rounding, turned === '>' && isExact);
    else if (turned === '<' || turned === '<=') set.below(value + rounding, turned === '<' && isExact);
    else if (turned === '==') {
      set.above(value - rounding, false);
      set.below(value + rounding, false);
    } else if (isExact) set.except(value);
    return !set.isEmpty;
  }

  #linearOf(node: ASTNode): LinearTerm | undefined {
    return linearOf(node, (path) => this.#domains.number({ kind: 'member', name: path.join('.') }) !== undefined);
  }

  #numbersOf(source: NumberSource): NumberSet {
    const key = `${source.kind} ${source.name}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const set = new NumberSet(this.#domains.number(source) ?? anyNumber);
    this.#numbers.set(key, set);
    return set;
  }

  #textsOf(path: string): TextSet {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const set = new TextSet(this.#domains.words(path));
    this.#texts.set(path, set);
    return set;
  }
}

const anyNumber: NumberDomain = { least: -Infinity, most: Infinity, isWhole: false, isSingle: false };

/** The texts that a member may still have. */
class TextSet {
  #allowed: ReadonlySet<string> | undefined;
  readonly #excluded = new Set<string>();

  constructor(words: readonly string[] | undefined) {
    this.#allowed = words && new Set(words);
  }

  /** It is one of these, or with `isOne` false none of them. Returns whether it may still be anything. */
  take(texts: readonly string[], isOne: boolean): boolean {
    if (isOne) this.#allowed = new Set(texts.filter((text) => this.#allowed?.has(text) ?? true));
    else for (const text of texts) this.#excluded.add(text);
    return this.#allowed === undefined || [...this.#allowed].some((text) => !this.#excluded.has(text));
  }
}

function literalOf(node: ASTNode): string | number | bigint | undefined {
  if (node.op === '-_') {
    const value = literalOf(node.args);
    return typeof value === 'string' || value === undefined ? undefined : -value;
  }
  if (node.op !== 'value') return undefined;
  const { args } = node;
  return typeof args === 'string' || typeof args === 'number' || typeof args === 'bigint' ? args : undefined;
}

function isPlain(term: LinearTerm): term is LinearTerm & { readonly source: NumberSource } {
  return term.source !== undefined && term.scale === 1 && term.shift === 0;
}

function lieOf(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return lies.apart;
  return one < other ? lies.below : one > other ? lies.above : lies.equal;
}

/** Whether anything in it is divided: 0 / 0 lies to nothing, and differs from everything. */
function divides(node: ASTNode): boolean {
  return normalFormOf(node).includes('(/ ');
}
