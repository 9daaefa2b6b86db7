import assert from 'node:assert/strict';
import { limits } from '../domain/limits.ts';
import { entityKeyModule } from './entity-key-module.ts';

/**
 * Keyed hash of raw values: the only form in which an address, a device or a mailbox is remembered.
 *
 * SipHash-2-4 (Aumasson and Bernstein, 2012), in WebAssembly. A keyed hash, so that who reads the state cannot try all phone numbers.
 */
export class EntityKeyHasher {
  /** High and low half of the last hash. Two fields instead of a returned object: this runs several times an event. */
  high = 0;
  low = 0;

  readonly #k0h: number;
  readonly #k0l: number;
  readonly #k1h: number;
  readonly #k1l: number;

  /** @param secret 16 bytes. */
  constructor(secret: Uint8Array) {
    assert.equal(secret.length, 16, 'SipHash takes a key of 16 bytes');
    const words = new DataView(secret.buffer, secret.byteOffset, 16);
    this.#k0l = words.getUint32(0, true);
    this.#k0h = words.getUint32(4, true);
    this.#k1l = words.getUint32(8, true);
    this.#k1h = words.getUint32(12, true);
  }

  /** Hashes the UTF-8 form of `text`, with `kind` (0 to 255) before it so that equal texts of two kinds differ. Never 0/0. */
  hashText(kind: number, text: string): void {
    const length = text.length;
    assert(length <= textLengthMax, 'the decoder bounds strings');
    bytes[0] = kind;
    this.#hash(1 + writeText(text));
    // 0/0 means "no entity" in an observation; the one key in 2^64 that would be it becomes 0/1.
    if (this.high === 0 && this.low === 0) this.low = 1;
  }

  /** Hashes bytes, at most as many as the longest text has. Exactly SipHash-2-4: the reference vectors hold. */
  hashBytes(message: Uint8Array): void {
    assert(message.length <= bytesMax, 'there is room for it');
    bytes.set(message);
    this.#hash(message.length);
  }

  #hash(size: number): void {
    hash(this.#k0l, this.#k0h, this.#k1l, this.#k1h, size, resultPlace);
    this.low = result[0]!;
    this.high = result[1]!;
  }
}

/** Writes a text behind the kind, as UTF-8; returns how many bytes that took. */
function writeText(text: string): number {
  // Longer ones are quicker by the native call, and others than ASCII need it.
  if (text.length > shortLengthMax) return encoder.encodeInto(text, textBytes).written;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return encoder.encodeInto(text, textBytes).written;
    textBytes[index] = unit;
  }
  return text.length;
}

/** The longest text that is hashed joins a few strings of an event. */
const textLengthMax = 8 * limits.stringLengthMax;
/** With its kind, in UTF-8. */
const bytesMax = 1 + textLengthMax * 3;
const shortLengthMax = 16;
const encoder = new TextEncoder();

/** What is used of the global of that name: its types come with those of browsers, which are not in scope here. */
declare const WebAssembly: {
  readonly Module: new (module: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly hash: (k0Low: number, k0High: number, k1Low: number, k1High: number, size: number, result: number) => void;
}

/** One for all hashers: what is hashed is written to its memory first, and keys come with each call. */
const { memory, hash } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(entityKeyModule, 'base64')))
  .exports as Exports;
const bytes = new Uint8Array(memory.buffer);
const textBytes = bytes.subarray(1);
/** Above all texts, with a word between: the last word of a text is read whole. */
const resultPlace = memory.buffer.byteLength - 8;
assert(bytesMax + 8 <= resultPlace, 'the longest text fits');
const result = new Uint32Array(memory.buffer, resultPlace, 2);
