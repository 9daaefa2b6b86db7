import { FieldReader, wire } from './protobuf.ts';

/**
 * Finds tensors of a model whose data lie in another file. ONNX Runtime would look for that file in the working directory of the
 * process, where no manifest has hashed it.
 *
 * A walk over the protobuf messages of onnx.proto that can hold tensors, skipping all else; nothing is decoded.
 */

/** For each message that can hold a tensor, the fields that lead there, by number. */
const fieldsOf = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparseTensor' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparseTensor', 23: 'sparseTensor' },
  sparseTensor: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
} as const satisfies Record<string, Readonly<Record<number, string>>>;
type Message = keyof typeof fieldsOf;

/** Of a tensor: entries that say where its data lie, and whether they lie elsewhere (1). */
const externalDataField = 13;
const dataLocationField = 14;
/** A graph within a graph within a graph: no model is deeper. */
const depthMax = 64;
/** Whether any tensor of a serialised `ModelProto` has its data elsewhere. Throws where the bytes are no such message. */
export function hasExternalData(model: Uint8Array): boolean {
  return walk(model, 0, model.length, 'model', 0);
}

function walk(bytes: Uint8Array, start: number, end: number, message: Message, depth: number): boolean {
  if (depth > depthMax) throw new Error(`its graphs are nested more than ${depthMax} deep`);
  const fields: Readonly<Record<number, Message>> = fieldsOf[message];
  const reader = new FieldReader(bytes, start, end);
  while (reader.next()) {
    if (message === 'tensor' && reader.field === externalDataField) return true;
    if (message === 'tensor' && reader.field === dataLocationField && reader.value === 1) return true;
    const inner = fields[reader.field];
    if (inner === undefined || reader.type !== wire.bytes) continue;
    if (walk(bytes, reader.at - reader.value, reader.at, inner, depth + 1)) return true;
  }
  return false;
}
