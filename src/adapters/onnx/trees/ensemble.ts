import type { EnsembleAttributes } from './graph.ts';

/** Of a branch that a row fails (it goes right): which leaves of its tree the row cannot reach. */
export interface BranchTest {
  readonly column: number;
  /** Rows at or below it pass and go left. */
  readonly threshold: number;
  /** Where a missing value goes. */
  readonly missingGoesLeft: boolean;
  /** Word of 32 leaves, counted over all trees. */
  readonly word: number;
  /** The leaves of that word that a row which fails cannot reach: those on the branch's left (u32). */
  readonly leavesLost: number;
}

/** What a leaf adds to one output. */
export interface LeafWeight {
  readonly output: number;
  readonly weight: number;
}

/** A sum of trees, taken apart for `TreeKernel`. */
export interface TreeEnsemble {
  /** Sorted by column, by where missing values go, and by threshold. */
  readonly tests: readonly BranchTest[];
  /** First word and first leaf of each tree. Words and leaves are counted over all trees, leaves from left to right. */
  readonly trees: readonly { readonly word: number; readonly leaf: number }[];
  readonly words: number;
  readonly leaves: readonly (readonly LeafWeight[])[];
  readonly outputs: number;
  /** Added to each output's sum in the end: [outputs]. */
  readonly base: readonly number[];
}

/** Leaves in a word. */
export const wordLeaves = 32;
/** Branches below one another: deeper trees are left to the reference. */
const depthMax = 256;
/** Bounds what a chain of branches, where each loses leaves of many words, may cost: 12 bytes a test. */
const testsMax = 1_000_000;

/**
 * The ensemble that ONNX's attributes describe, for rows of `columns` numbers; nothing where it is one that this way of walking does
 * not know: aggregates other than a sum, transformations, comparisons for equality, doubles, very deep trees.
 */
export function readEnsemble(attributes: EnsembleAttributes, columns: number): TreeEnsemble | undefined {
  const nodes = nodesOf(attributes);
  const outputs = attributes.numbers.get('n_targets')?.[0] ?? 1;
  const base = attributes.numbers.get('base_values') ?? Array.from({ length: outputs }, () => 0);
  if (nodes === undefined || base.length !== outputs) return undefined;
  const ensemble = {
    tests: [] as BranchTest[],
    trees: [] as Tree[],
    words: 0,
    leaves: [] as (readonly LeafWeight[])[],
    outputs,
    base,
  };
  for (const tree of nodes.trees.values()) if (!addTree(ensemble, nodes, tree, columns)) return undefined;
  ensemble.tests.sort(
    (a, b) => a.column - b.column || Number(a.missingGoesLeft) - Number(b.missingGoesLeft) || a.threshold - b.threshold,
  );
  return ensemble;
}

/** The nodes of all trees as ONNX has them: each a place in the lists of attributes. */
interface Nodes {
  readonly lists: Lists<typeof nodeLists>;
  readonly modes: readonly string[];
  /** 1 where a missing value passes; undefined where none does anywhere. */
  readonly missing: readonly number[] | undefined;
  /** By place, what a leaf adds. */
  readonly weights: ReadonlyMap<number, readonly LeafWeight[]>;
  /** By tree, its nodes' places by their numbers; the root is the first. */
  readonly trees: ReadonlyMap<number, ReadonlyMap<number, number>>;
}
type Lists<Names extends Readonly<Record<string, string>>> = Readonly<Record<keyof Names, readonly number[]>>;

/** The attributes that hold one number a node, and those that hold one a weight of a leaf. */
const nodeLists = {
  tree: 'nodes_treeids',
  node: 'nodes_nodeids',
  column: 'nodes_featureids',
  value: 'nodes_values',
  whenTrue: 'nodes_truenodeids',
  whenFalse: 'nodes_falsenodeids',
} as const;
const weightLists = {
  tree: 'target_treeids',
  node: 'target_nodeids',
  output: 'target_ids',
  weight: 'target_weights',
} as const;
const missingList = 'nodes_missing_value_tracks_true';
const knownNumbers = new Set<string>([
  ...Object.values(nodeLists),
  ...Object.values(weightLists),
  missingList,
  'n_targets',
  'base_values',
  'nodes_hitrates',
]);

function nodesOf({ numbers, texts }: EnsembleAttributes): Nodes | undefined {
  const isPlain =
    (texts.get('aggregate_function')?.[0] ?? 'SUM') === 'SUM' &&
    (texts.get('post_transform')?.[0] ?? 'NONE') === 'NONE' &&
    [...numbers.keys()].every((name) => knownNumbers.has(name));
  const modes = texts.get('nodes_modes') ?? [];
  const lists = columnsOf(nodeLists, numbers, modes.length);
  const weight = columnsOf(weightLists, numbers, numbers.get(weightLists.tree)?.length ?? 0);
  if (!isPlain || lists === undefined || weight === undefined) return undefined;
  const trees = new Map<number, Map<number, number>>();
  for (let at = 0; at < modes.length; at++) {
    let tree = trees.get(lists.tree[at]!);
    if (tree === undefined) trees.set(lists.tree[at]!, (tree = new Map()));
    tree.set(lists.node[at]!, at);
  }
  return { lists, modes, missing: numbers.get(missingList), trees, weights: weightsByPlace(weight, trees) };
}

function weightsByPlace(
  { tree, node, output, weight }: Lists<typeof weightLists>,
  trees: Nodes['trees'],
): Map<number, LeafWeight[]> {
  const weights = new Map<number, LeafWeight[]>();
  for (let at = 0; at < tree.length; at++) {
    const place = trees.get(tree[at]!)?.get(node[at]!);
    if (place === undefined) continue;
    const known = weights.get(place);
    const added = { output: output[at]!, weight: weight[at]! };
    if (known === undefined) weights.set(place, [added]);
    else known.push(added);
  }
  return weights;
}

/** Some attributes, if each of them is a list of `length` numbers. */
function columnsOf<Key extends string>(
  names: Readonly<Record<Key, string>>,
  numbers: EnsembleAttributes['numbers'],
  length: number,
): Readonly<Record<Key, readonly number[]>> | undefined {
  const entries = Object.entries<string>(names).map(([key, name]) => [key, numbers.get(name) ?? []] as const);
  if (entries.some(([, values]) => values.length !== length)) return undefined;
  return Object.fromEntries(entries) as unknown as Record<Key, readonly number[]>;
}

type Tree = TreeEnsemble['trees'][number];
interface Growing {
  readonly tests: BranchTest[];
  readonly trees: Tree[];
  words: number;
  readonly leaves: (readonly LeafWeight[])[];
  readonly outputs: number;
}

const noWeights: readonly LeafWeight[] = Object.freeze([]);

/** Adds a tree; false where it is one that is not known here. */
function addTree(ensemble: Growing, nodes: Nodes, places: ReadonlyMap<number, number>, columns: number): boolean {
  const first: Tree = { word: ensemble.words, leaf: ensemble.leaves.length };
  const { lists, modes, weights } = nodes;
  const [root] = places.keys();
  let visits = 0;

  /** Adds the leaves below a node, from left to right, and then what its branch loses. */
  const descend = (number: number | undefined, depth: number): boolean => {
    const place = number === undefined ? undefined : places.get(number);
    // A node that is reached twice would make more visits than there are nodes.
    if (place === undefined || depth > depthMax || ++visits > places.size) return false;
    if (modes[place] === 'LEAF') {
      const added = weights.get(place) ?? noWeights;
      ensemble.leaves.push(added);
      return added.length <= ensemble.outputs && added.every(({ output }) => output < ensemble.outputs);
    }
    const branch = branchOf(nodes, place);
    const column = lists.column[place]!;
    if (branch === undefined || !(column < columns)) return false;
    const { left, right, threshold, missingGoesLeft } = branch;
    const from = ensemble.leaves.length - first.leaf;
    if (!descend(left, depth + 1)) return false;
    const to = ensemble.leaves.length - first.leaf;
    for (let word = Math.floor(from / wordLeaves); word * wordLeaves < to; word++) {
      const leavesLost = bits(from - word * wordLeaves, to - word * wordLeaves);
      ensemble.tests.push({ column, threshold, missingGoesLeft, word: first.word + word, leavesLost });
    }
    return ensemble.tests.length <= testsMax && descend(right, depth + 1);
  };

  if (!descend(root, 0)) return false;
  ensemble.trees.push(first);
  ensemble.words += Math.ceil((ensemble.leaves.length - first.leaf) / wordLeaves);
  return true;
}

/** A branch as a comparison for "at or below", with those that pass on the left; nothing for other comparisons. */
function branchOf(
  { lists, modes, missing }: Nodes,
  place: number,
): { left: number; right: number; threshold: number; missingGoesLeft: boolean } | undefined {
  const mode = modes[place];
  const [value, whenTrue, whenFalse] = [lists.value[place]!, lists.whenTrue[place]!, lists.whenFalse[place]!];
  const missingIsTrue = missing?.[place] === 1;
  const isStrict = mode === 'BRANCH_LT' || mode === 'BRANCH_GTE';
  const threshold = isStrict ? nextBelow(value) : value;
  if (Number.isNaN(threshold)) return undefined;
  if (mode === 'BRANCH_LEQ' || mode === 'BRANCH_LT')
    return { left: whenTrue, right: whenFalse, threshold, missingGoesLeft: missingIsTrue };
  if (mode === 'BRANCH_GT' || mode === 'BRANCH_GTE')
    return { left: whenFalse, right: whenTrue, threshold, missingGoesLeft: !missingIsTrue };
  return undefined;
}

/** Bits `from` up to `to` (exclusive) of a word, as far as they are in it: 0 to 32. */
function bits(from: number, to: number): number {
  return 2 ** Math.min(to, wordLeaves) - 2 ** Math.max(from, 0);
}

const oneFloat = new Float32Array(1);
const itsBits = new Int32Array(oneFloat.buffer);

/** The largest float32 below a float32; NaN below minus infinity. */
export function nextBelow(value: number): number {
  if (value === 0) return -(2 ** -149);
  if (value === -Infinity) return NaN;
  oneFloat[0] = value;
  itsBits[0]! += value > 0 ? -1 : 1;
  return oneFloat[0];
}
