/** Writes ONNX files field by field: graphs that no library would make, and small ones for random tests. */

/** One field of a protobuf message: bytes, or a whole number from 0. */
export function field(number: number, content: Uint8Array | number): Buffer {
  const tag = (type: number): Buffer => varint(number * 8 + type);
  if (typeof content === 'number') return Buffer.concat([tag(0), varint(content)]);
  return Buffer.concat([tag(2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

export const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);

/** A branch: rows that pass its comparison go to `whenTrue`; missing values too, if it says so. */
export interface Branch {
  readonly mode: string;
  readonly column: number;
  readonly threshold: number;
  readonly missingIsTrue: boolean;
  readonly whenTrue: Tree;
  readonly whenFalse: Tree;
}
/** Leaves say what they add to each output. */
export type Tree = Branch | readonly number[];

/** A model of float32 [N, columns] that is a sum of trees, with what one wishes to say otherwise of it. */
export function treeModel(
  trees: readonly Tree[],
  columns: number,
  options: {
    readonly sigmoid?: boolean;
    /** What the sums are multiplied by, and what is added then. */
    readonly scale?: readonly [factor: number, offset: number];
    readonly base?: readonly number[];
    readonly texts?: Readonly<Record<string, string>>;
    /** Nodes in the place of what comes after the trees; the last one's output is `output`. */
    readonly tail?: readonly Buffer[];
  } = {},
): Buffer {
  const scaled = options.scale === undefined ? [] : (['Mul', 'Add'] as const);
  const types = [...scaled, ...(options.sigmoid === true ? ['Sigmoid'] : [])];
  // Each node's output is the next one's input.
  const names = [...types.map((_, index) => `value_${index}`), 'output'];
  const tail =
    options.tail ??
    types.map((type, index) =>
      message(
        text(1, names[index]!),
        ...(type === 'Sigmoid' ? [] : [text(1, type)]),
        text(2, names[index + 1]!),
        text(4, type),
      ),
    );
  const sums = options.tail === undefined ? names[0]! : 'sums';
  const nodes = [node('TreeEnsembleRegressor', 'ai.onnx.ml', 'features', sums, attributesOf(trees, options)), ...tail];
  const graph = message(
    ...nodes.map((one) => field(1, one)),
    field(2, Buffer.from('trees')),
    ...scaled.map((type, index) => field(5, scalar(type, options.scale![index]!))),
    field(11, tensor('features', columns)),
    field(12, tensor('output', outputsOf(trees))),
  );
  const opset = (domain: string, version: number): Buffer =>
    field(8, message(field(1, Buffer.from(domain)), field(2, version)));
  return message(field(1, 8), field(7, graph), opset('', 13), opset('ai.onnx.ml', 3));
}

/** An initializer: one float32 by a name. */
function scalar(name: string, value: number): Buffer {
  return message(field(2, 1), text(8, name), field(9, Buffer.from(Float32Array.of(value).buffer)));
}

const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));

/** One graph node with one input and one output. */
export function node(
  type: string,
  domain: string,
  input: string,
  output: string,
  attributes: readonly Buffer[],
): Buffer {
  return message(
    text(1, input),
    text(2, output),
    text(4, type),
    ...attributes.map((one) => field(5, one)),
    text(7, domain),
  );
}

function tensor(name: string, columns: number): Buffer {
  const dimensions = message(field(1, field(2, Buffer.from('N'))), field(1, field(1, columns)));
  const type = field(1, message(field(1, 1), field(2, dimensions)));
  return message(field(1, Buffer.from(name)), field(2, type));
}

function outputsOf([tree]: readonly Tree[]): number {
  let first = tree!;
  while ('mode' in first) first = first.whenTrue;
  return first.length;
}

const attribute = {
  integer: (name: string, value: number): Buffer => message(field(1, Buffer.from(name)), field(3, value), field(20, 2)),
  text: (name: string, value: string): Buffer =>
    message(field(1, Buffer.from(name)), field(4, Buffer.from(value)), field(20, 3)),
  floats: (name: string, values: readonly number[]): Buffer =>
    message(field(1, Buffer.from(name)), field(7, Buffer.from(Float32Array.from(values).buffer)), field(20, 6)),
  integers: (name: string, values: readonly number[]): Buffer =>
    message(field(1, Buffer.from(name)), ...values.map((value) => field(8, value)), field(20, 7)),
  texts: (name: string, values: readonly string[]): Buffer =>
    message(field(1, Buffer.from(name)), ...values.map((value) => field(9, Buffer.from(value))), field(20, 8)),
};

/** Of a node that is these trees. */
export function attributesOf(
  trees: readonly Tree[],
  { base, texts = {} }: { readonly base?: readonly number[]; readonly texts?: Readonly<Record<string, string>> },
): Buffer[] {
  const rows: { tree: number; node: number; branch: Branch | null; whenTrue: number; whenFalse: number }[] = [];
  const weights: { tree: number; node: number; output: number; weight: number }[] = [];
  for (const [tree, root] of trees.entries()) {
    let nodes = 0;
    const add = (one: Tree): number => {
      const number = nodes++;
      const row = { tree, node: number, branch: 'mode' in one ? one : null, whenTrue: 0, whenFalse: 0 };
      rows.push(row);
      if ('mode' in one) {
        row.whenTrue = add(one.whenTrue);
        row.whenFalse = add(one.whenFalse);
      } else weights.push(...one.map((weight, output) => ({ tree, node: number, output, weight })));
      return number;
    };
    add(root);
  }
  return [
    attribute.integers(
      'nodes_treeids',
      rows.map(({ tree }) => tree),
    ),
    attribute.integers(
      'nodes_nodeids',
      rows.map((row) => row.node),
    ),
    attribute.texts(
      'nodes_modes',
      rows.map(({ branch }) => branch?.mode ?? 'LEAF'),
    ),
    attribute.integers(
      'nodes_featureids',
      rows.map(({ branch }) => branch?.column ?? 0),
    ),
    attribute.floats(
      'nodes_values',
      rows.map(({ branch }) => branch?.threshold ?? 0),
    ),
    attribute.integers(
      'nodes_truenodeids',
      rows.map(({ whenTrue }) => whenTrue),
    ),
    attribute.integers(
      'nodes_falsenodeids',
      rows.map(({ whenFalse }) => whenFalse),
    ),
    attribute.integers(
      'nodes_missing_value_tracks_true',
      rows.map(({ branch }) => Number(branch?.missingIsTrue ?? false)),
    ),
    attribute.integers(
      'target_treeids',
      weights.map(({ tree }) => tree),
    ),
    attribute.integers(
      'target_nodeids',
      weights.map((weight) => weight.node),
    ),
    attribute.integers(
      'target_ids',
      weights.map(({ output }) => output),
    ),
    attribute.floats(
      'target_weights',
      weights.map(({ weight }) => weight),
    ),
    attribute.integer('n_targets', outputsOf(trees)),
    ...(base === undefined ? [] : [attribute.floats('base_values', base)]),
    ...Object.entries(texts).map(([name, value]) => attribute.text(name, value)),
  ];
}
