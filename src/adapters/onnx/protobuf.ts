/** Bits of the longest varint. */
const varintBits = 70;

/** How a field lies in the bytes (protobuf's wire types). */
export const wire = { varint: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;

/**
 * Reads the fields of one protobuf message, one after the other, without a schema. Throws where the bytes are no message: the
 * texts complete "this model is refused: ...".
 */
export class FieldReader {
  field = 0;
  type = 0;
  /** Of a varint, its value (exact to 2^53; a negative one is some 1.8e19); of bytes, how many: they end at `at`. */
  value = 0;
  at: number;
  readonly bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  /** Moves behind the next field; false at the end of the message. */
  next(): boolean {
    if (this.at === this.#end) return false;
    const byte = this.bytes[this.at]!;
    // The tags of nearly all fields are one byte long, and a model of trees has hundreds of thousands.
    const tag = byte < 0x80 ? byte : this.varint();
    if (byte < 0x80) this.at++;
    this.field = Math.floor(tag / 8);
    this.type = tag % 8;
    switch (this.type) {
      case wire.varint:
        this.value = this.varint();
        break;
      case wire.eightBytes:
        this.at += 8;
        break;
      case wire.fourBytes:
        this.at += 4;
        break;
      case wire.bytes:
        this.value = this.varint();
        this.at += this.value;
        break;
      default:
        throw new Error('it is no ONNX file');
    }
    if (this.at > this.#end) throw new Error('it is cut short, or no ONNX file');
    return true;
  }

  /** The bytes of the field that was read last; a view. */
  content(): Uint8Array {
    return this.bytes.subarray(this.at - this.value, this.at);
  }

  /** The next varint, where a field holds several (packed). */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < varintBits; shift += 7) {
      if (this.at >= this.#end) throw new Error('it is cut short, or no ONNX file');
      const byte = this.bytes[this.at++]!;
      // Nearly all of them, and there are tens of thousands in a model.
      if (shift === 0 && byte < 0x80) return byte;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error('it is no ONNX file');
  }
}

/** A field that holds bytes: a text or a message; or a whole number from 0. */
export function fieldOf(field: number, content: Uint8Array | number): Uint8Array {
  if (typeof content === 'number') return Buffer.from([...varintOf(field * 8 + wire.varint), ...varintOf(content)]);
  return Buffer.concat([Buffer.from([...varintOf(field * 8 + wire.bytes), ...varintOf(content.length)]), content]);
}

function varintOf(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
