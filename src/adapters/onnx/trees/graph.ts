import { FieldReader, wire } from '../protobuf.ts';

/** The attributes of a tree ensemble as ONNX writes them: lists, where one position is one node, or one weight of a leaf. */
export interface EnsembleAttributes {
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** A graph that is one tree ensemble, and perhaps a sigmoid on what it gives. */
export interface TreeGraph {
  readonly ensemble: EnsembleAttributes;
  readonly isSigmoid: boolean;
}

/** Field numbers of onnx.proto, as far as they are read here. */
const model = { graph: 7, functions: 25 };
const graph = { node: 1, initializer: 5, sparseInitializer: 15, input: 11, output: 12 };
const node = { input: 1, output: 2, type: 4, attribute: 5, domain: 7 };
const attribute = { name: 1, float: 2, integer: 3, text: 4, floats: 7, integers: 8, texts: 9 };
const valueName = 1;

/** A message of the file, as the nodes and names that it has. */
interface Node {
  readonly inputs: string[];
  readonly outputs: string[];
  type: string;
  domain: string;
  readonly attributes: Uint8Array[];
}

/**
 * The tree ensemble that a serialised `ModelProto` is, or nothing where it is any other graph: several inputs or outputs, other
 * operators, weights of its own. Throws where the bytes are no model at all.
 */
export function readTreeGraph(bytes: Uint8Array): TreeGraph | undefined {
  const nodes: Node[] = [];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const graphs: Uint8Array[] = [];
  let others = 0;
  for (const { field, content } of messagesOf(bytes)) {
    if (field === model.graph) graphs.push(content);
    if (field === model.functions) others++;
  }
  if (graphs.length !== 1) return undefined;
  for (const { field, content } of messagesOf(graphs[0]!)) {
    if (field === graph.node) nodes.push(readNode(content));
    if (field === graph.input) inputs.push(nameOf(content));
    if (field === graph.output) outputs.push(nameOf(content));
    if (field === graph.initializer || field === graph.sparseInitializer) others++;
  }
  const [trees, sigmoid] = nodes;
  if (others > 0 || nodes.length > 2 || inputs.length !== 1 || outputs.length !== 1 || trees === undefined)
    return undefined;
  if (trees.type !== 'TreeEnsembleRegressor' || trees.domain !== 'ai.onnx.ml') return undefined;
  if (sigmoid !== undefined && (sigmoid.type !== 'Sigmoid' || !['', 'ai.onnx'].includes(sigmoid.domain)))
    return undefined;
  const path = [
    inputs[0],
    trees.inputs,
    trees.outputs,
    ...(sigmoid ? [sigmoid.inputs, sigmoid.outputs] : []),
    outputs[0],
  ].flat();
  // Each node has one input and one output, and each output is the next one's input.
  const isChain =
    path.length === 2 * nodes.length + 2 && path.every((name, at) => at % 2 === 1 || name === path[at + 1]);
  return isChain ? { ensemble: readAttributes(trees.attributes), isSigmoid: sigmoid !== undefined } : undefined;
}

/** The fields of a message that hold bytes: messages and texts. */
function* messagesOf(bytes: Uint8Array): Generator<{ readonly field: number; readonly content: Uint8Array }> {
  const reader = new FieldReader(bytes);
  while (reader.next()) if (reader.type === wire.bytes) yield { field: reader.field, content: reader.content() };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function nameOf(value: Uint8Array): string {
  for (const { field, content } of messagesOf(value)) if (field === valueName) return text(content);
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
    while (reader.next()) {
      if (reader.field === attribute.name) name = text(reader.content());
      else if (reader.field === attribute.text || reader.field === attribute.texts)
        itsTexts.push(text(reader.content()));
      else if (reader.field === attribute.float || reader.field === attribute.floats) readFloats(reader, itsNumbers);
      else if (reader.field === attribute.integer || reader.field === attribute.integers)
        readIntegers(reader, itsNumbers);
    }
    if (itsTexts.length > 0) texts.set(name, itsTexts);
    else numbers.set(name, itsNumbers);
  }
  return { numbers, texts };
}

/** One number of the field that was read last, or all where it is packed. */
function readFloats(reader: FieldReader, into: number[]): void {
  const size = reader.type === wire.bytes ? reader.value : Float32Array.BYTES_PER_ELEMENT;
  const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset + reader.at - size, size);
  for (let at = 0; at + Float32Array.BYTES_PER_ELEMENT <= size; at += Float32Array.BYTES_PER_ELEMENT)
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
