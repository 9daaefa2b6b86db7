import { FieldReader, fieldOf, wire } from '../protobuf.ts';

/** The attributes of a tree ensemble as ONNX writes them: lists, where one position is one node, or one weight of a leaf. */
export interface EnsembleAttributes {
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** A graph that begins with one tree ensemble. */
export interface TreeGraph {
  readonly ensemble: EnsembleAttributes;
  /** What comes after the trees, as a model of its own of float32 [N, outputs]: a sigmoid, a calibration; null for nothing. */
  readonly tail: Uint8Array | null;
}

/** Field numbers of onnx.proto, as far as they are read here. */
const model = { graph: 7, functions: 25 };
const graph = { node: 1, constant: 5, input: 11, output: 12, valueInfo: 13 };
const node = { input: 1, output: 2, type: 4, attribute: 5, domain: 7 };
const attribute = { name: 1, float: 2, integer: 3, text: 4, graph: 6, floats: 7, integers: 8, texts: 9, graphs: 11 };
const value = { name: 1, type: 2 };
const constant = { element: 2, floats: 4, name: 8, bytes: 9 };
const tensor = { element: 1, shape: 2, ofType: 1, dimension: 1, size: 1, symbol: 2, float32: 1 };

/** A message of the file, as the nodes and names that it has. */
interface Node {
  readonly inputs: string[];
  readonly outputs: string[];
  type: string;
  domain: string;
  readonly attributes: Uint8Array[];
}

/**
 * The tree ensemble that a serialised `ModelProto` begins with, and what comes after it; nothing where it is any other graph: several inputs or
 * outputs, several ensembles, nodes beside the trees that read the features too, or have graphs inside. Throws where the bytes are no
 * model at all.
 */
export function readTreeGraph(bytes: Uint8Array): TreeGraph | undefined {
  const parts = fieldsOf(bytes);
  const graphs = parts.filter(({ field }) => field === model.graph);
  if (graphs.length !== 1 || parts.some(({ field }) => field === model.functions)) return undefined;
  const fields = fieldsOf(graphs[0]!.content);
  const inputs = fields.filter(({ field }) => field === graph.input).map(({ content }) => nameOf(content));
  const outputs = fields.filter(({ field }) => field === graph.output).map(({ content }) => nameOf(content));
  const nodes = fields.filter(({ field }) => field === graph.node).map(({ content }) => readNode(content));
  const [trees, ...others] = [...nodes.filter(isEnsemble), ...nodes.filter((one) => !isEnsemble(one))];
  const [features] = inputs;
  if (trees === undefined || features === undefined || inputs.length !== 1 || outputs.length !== 1) return undefined;
  if (trees.inputs.join() !== features || trees.outputs.length !== 1) return undefined;
  if (others.some((one) => isEnsemble(one) || one.inputs.includes(features) || hasGraphs(one))) return undefined;
  const ensemble = readAttributes(trees.attributes);
  const [sums] = trees.outputs;
  if (others.length === 0) return sums === outputs[0] ? { ensemble, tail: null } : undefined;
  return { ensemble, tail: tailOf(parts, fields, sums!, ensemble.numbers.get('n_targets')?.[0] ?? 1) };
}

/** One step of a chain, with the number that it takes beside what came of the step before. */
export type Link =
  { readonly operator: 'Mul' | 'Add'; readonly by: number } | { readonly operator: 'Sigmoid'; readonly by: null };

/** The steps of a model of one input and one output that does nothing but such steps, one after the other; undefined of any other. */
export function readChain(bytes: Uint8Array): readonly Link[] | undefined {
  const fields = fieldsOf(fieldsOf(bytes).find(({ field }) => field === model.graph)!.content);
  const named = (kind: number): string[] =>
    fields.filter(({ field }) => field === kind).map(({ content }) => nameOf(content));
  const numbers = new Map(
    fields.filter(({ field }) => field === graph.constant).map(({ content }) => readNumber(content)),
  );
  const [input] = named(graph.input);
  const chain: Link[] = [];
  let end = input;
  for (const { field, content } of fields) {
    if (field !== graph.node) continue;
    const { type, inputs, outputs, domain, attributes } = readNode(content);
    const others = inputs.filter((name) => name !== end);
    if (domain !== '' || attributes.length > 0 || others.length !== inputs.length - 1) return undefined;
    const by = numbers.get(others[0] ?? '');
    if (type === 'Sigmoid' && others.length === 0) chain.push({ operator: type, by: null });
    else if ((type === 'Mul' || type === 'Add') && by !== undefined) chain.push({ operator: type, by });
    else return undefined;
    [end] = outputs;
  }
  return named(graph.input).length === 1 && named(graph.output).join() === end ? chain : undefined;
}

/** A `TensorProto` by its name; its value where it is one float32. */
function readNumber(bytes: Uint8Array): readonly [name: string, value: number | undefined] {
  const reader = new FieldReader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values: number[] = [];
  let [name, isFloat] = ['', false];
  while (reader.next()) {
    if (reader.field === constant.element) isFloat = reader.value === tensor.float32;
    else if (reader.field === constant.floats || reader.field === constant.bytes) readFloats(reader, view, values);
    else if (reader.field === constant.name) name = text(reader.content());
  }
  return [name, isFloat && values.length === 1 ? values[0] : undefined];
}

function isEnsemble({ type, domain }: Node): boolean {
  return type === 'TreeEnsembleRegressor' && domain === 'ai.onnx.ml';
}

/** What is inside could read anything by its name. */
function hasGraphs({ attributes }: Node): boolean {
  return attributes.some((bytes) =>
    fieldsOf(bytes).some(({ field }) => field === attribute.graph || field === attribute.graphs),
  );
}

/** The same model without its trees, whose sums are its input: [N, width]. */
function tailOf(parts: readonly Field[], fields: readonly Field[], sums: string, width: number): Uint8Array {
  const left = fields.filter(
    ({ field, content }) =>
      field !== graph.input && field !== graph.valueInfo && !(field === graph.node && isEnsemble(readNode(content))),
  );
  const rest = Buffer.concat([...left.map(({ bytes }) => bytes), fieldOf(graph.input, matrixNamed(sums, width))]);
  return Buffer.concat(parts.map(({ field, bytes }) => (field === model.graph ? fieldOf(field, rest) : bytes)));
}

/** A `ValueInfoProto` of float32 [N, width]. */
function matrixNamed(name: string, width: number): Uint8Array {
  const dimensions = [fieldOf(tensor.symbol, Buffer.from('N')), fieldOf(tensor.size, width)];
  const shape = Buffer.concat(dimensions.map((one) => fieldOf(tensor.dimension, one)));
  const type = Buffer.concat([fieldOf(tensor.element, tensor.float32), fieldOf(tensor.shape, shape)]);
  return Buffer.concat([fieldOf(value.name, Buffer.from(name)), fieldOf(value.type, fieldOf(tensor.ofType, type))]);
}

/** A field of a message: the whole of it, and what it holds, which is nothing where it is a number. */
interface Field {
  readonly field: number;
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
}

function fieldsOf(message: Uint8Array): readonly Field[] {
  const reader = new FieldReader(message);
  const fields: Field[] = [];
  for (let from = 0; reader.next(); from = reader.at) {
    const content = reader.type === wire.bytes ? reader.content() : new Uint8Array(0);
    fields.push({ field: reader.field, bytes: message.subarray(from, reader.at), content });
  }
  return fields;
}

/** The fields of a message that hold bytes: messages and texts. */
function* messagesOf(bytes: Uint8Array): Generator<{ readonly field: number; readonly content: Uint8Array }> {
  const reader = new FieldReader(bytes);
  while (reader.next()) if (reader.type === wire.bytes) yield { field: reader.field, content: reader.content() };
}

/** No copy: a model says of each node how it compares. */
const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

function nameOf(bytes: Uint8Array): string {
  for (const { field, content } of messagesOf(bytes)) if (field === value.name) return text(content);
  return '';
}

function readNode(bytes: Uint8Array): Node {
  const read: Node = { inputs: [], outputs: [], type: '', domain: '', attributes: [] };
  for (const { field, content } of messagesOf(bytes)) {
    if (field === node.input) read.inputs.push(text(content));
    if (field === node.output) read.outputs.push(text(content));
    if (field === node.type) read.type = text(content);
    if (field === node.domain) read.domain = text(content);
    if (field === node.attribute) read.attributes.push(content);
  }
  return read;
}

function readAttributes(attributes: readonly Uint8Array[]): EnsembleAttributes {
  const numbers = new Map<string, number[]>();
  const texts = new Map<string, string[]>();
  for (const bytes of attributes) {
    let name = '';
    const itsNumbers: number[] = [];
    const itsTexts: string[] = [];
    const reader = new FieldReader(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    while (reader.next()) {
      // Most are numbers, one a field.
      if (reader.field === attribute.integers || reader.field === attribute.integer) readIntegers(reader, itsNumbers);
      else if (reader.field === attribute.floats || reader.field === attribute.float)
        readFloats(reader, view, itsNumbers);
      else if (reader.field === attribute.texts || reader.field === attribute.text)
        itsTexts.push(sameText(reader, itsTexts.at(-1)));
      else if (reader.field === attribute.name) name = text(reader.content());
    }
    if (itsTexts.length > 0) texts.set(name, itsTexts);
    else numbers.set(name, itsNumbers);
  }
  return { numbers, texts };
}

/** The text of the field that was read last. Modes of nodes are a few texts in long runs: one that comes again is not made again. */
function sameText({ bytes, at, value: length }: FieldReader, former: string | undefined): string {
  if (former !== undefined && former.length === length) {
    let index = 0;
    while (index < length && bytes[at - length + index] === former.charCodeAt(index)) index++;
    if (index === length) return former;
  }
  return text(bytes.subarray(at - length, at));
}

/** One number of the field that was read last, or all where it is packed. @param view of the reader's bytes. */
function readFloats({ type, at: end, value: length }: FieldReader, view: DataView, into: number[]): void {
  const size = type === wire.bytes ? length : Float32Array.BYTES_PER_ELEMENT;
  for (let at = end - size; at + Float32Array.BYTES_PER_ELEMENT <= end; at += Float32Array.BYTES_PER_ELEMENT)
    into.push(view.getFloat32(at, true));
}

function readIntegers(reader: FieldReader, into: number[]): void {
  if (reader.type === wire.varint) {
    into.push(reader.value);
    return;
  }
  const packed = new FieldReader(reader.content());
  while (packed.at < packed.bytes.length) into.push(packed.varint());
}
