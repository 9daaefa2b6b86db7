import { field } from '../adapters/onnx/onnx-file.ts';

/**
 * Writes small ONNX models, field by field of onnx.proto: enough of it for graphs that compute, never end, or lie. Values are float32
 * unless they say otherwise.
 */

type Dimension = number | string;

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | { readonly graph: Graph }>>;
}

export interface Value {
  readonly name: string;
  readonly shape: readonly Dimension[];
  /** `bool` and `int64` for what a loop counts with. */
  readonly type?: ElementType;
}

export interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly type?: ElementType;
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly constants?: readonly Constant[];
}

type ElementType = 'float' | 'int64' | 'bool';
const elementTypes = { float: 1, int64: 7, bool: 9 } as const satisfies Record<ElementType, number>;
const elementBytes = { float: 4, int64: 8, bool: 1 } as const satisfies Record<ElementType, number>;
const attributeTypes = { int: 2, graph: 5 } as const;
const irVersion = 9;
const opset = 18;

/** The bytes of a `ModelProto`. */
export function onnxModel(graph: Graph): Buffer {
  return Buffer.concat([field(1, irVersion), field(7, graphOf(graph)), field(8, field(2, opset))]);
}

function graphOf({ nodes, inputs, outputs, constants = [] }: Graph): Buffer {
  return Buffer.concat([
    ...nodes.map((node) => field(1, nodeOf(node))),
    field(2, text('graph')),
    ...constants.map((constant) => field(5, tensorOf(constant))),
    ...inputs.map((value) => field(11, valueOf(value))),
    ...outputs.map((value) => field(12, valueOf(value))),
  ]);
}

function nodeOf({ op, inputs, outputs, attributes = {} }: Node): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => field(1, text(name))),
    ...outputs.map((name) => field(2, text(name))),
    field(4, text(op)),
    ...Object.entries(attributes).map(([name, value]) => {
      const content = typeof value === 'number' ? field(3, value) : field(6, graphOf(value.graph));
      const type = field(20, typeof value === 'number' ? attributeTypes.int : attributeTypes.graph);
      return field(5, Buffer.concat([field(1, text(name)), content, type]));
    }),
  ]);
}

function tensorOf({ name, shape, values, type = 'float' }: Constant): Buffer {
  const raw = Buffer.alloc(values.length * elementBytes[type]);
  for (const [index, value] of values.entries()) {
    if (type === 'float') raw.writeFloatLE(value, index * 4);
    else if (type === 'int64') raw.writeBigInt64LE(BigInt(value), index * 8);
    else raw.writeUInt8(value, index);
  }
  return Buffer.concat([
    ...shape.map((dimension) => field(1, dimension)),
    field(2, elementTypes[type]),
    field(8, text(name)),
    field(9, raw),
  ]);
}

function valueOf({ name, shape, type = 'float' }: Value): Buffer {
  const dimensions = shape.map((one) => field(1, typeof one === 'number' ? field(1, one) : field(2, text(one))));
  const tensor = Buffer.concat([field(1, elementTypes[type]), field(2, Buffer.concat(dimensions))]);
  return Buffer.concat([field(1, text(name)), field(2, field(1, tensor))]);
}

function text(value: string): Buffer {
  return Buffer.from(value);
}
