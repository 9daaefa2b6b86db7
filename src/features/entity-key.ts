import assert from 'node:assert/strict';
import { limits } from '../domain/limits.ts';

/**
 * Keyed hash of raw values: the only form in which an address, a device or a mailbox is remembered.
 *
 * SipHash-2-4 (Aumasson and Bernstein, 2012), in 32-bit halves since JavaScript has no fast 64-bit integers. A keyed hash, so
 * that who reads the state cannot try all phone numbers; short strings, so a native call would cost more than the hash.
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
    let size = 0;
    scratch[size++] = kind;
    const length = text.length;
    assert(length <= textLengthMax, 'the decoder bounds strings');
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) {
        size = 1 + encoder.encodeInto(text, scratchText).written;
        break;
      }
      scratch[size++] = unit;
    }
    this.hashBytes(scratch, size);
    // 0/0 means "no entity" in an observation; the one key in 2^64 that would be it becomes 0/1.
    if (this.high === 0 && this.low === 0) this.low = 1;
  }

  /** Hashes the first `size` bytes. Exactly SipHash-2-4: the reference vectors hold. */
  hashBytes(bytes: Uint8Array, size: number): void {
    let v0h = this.#k0h ^ 0x736f6d65;
    let v0l = this.#k0l ^ 0x70736575;
    let v1h = this.#k1h ^ 0x646f7261;
    let v1l = this.#k1l ^ 0x6e646f6d;
    let v2h = this.#k0h ^ 0x6c796765;
    let v2l = this.#k0l ^ 0x6e657261;
    let v3h = this.#k1h ^ 0x74656462;
    let v3l = this.#k1l ^ 0x79746573;

    const whole = size - (size % 8);
    // Words of the message, two rounds each; the last word with the length on top; then four rounds that seal.
    for (let at = 0; at <= whole + 8; at += 8) {
      const sealing = at > whole;
      let ml = 0;
      let mh = 0;
      if (sealing) {
        v2l ^= 0xff;
      } else if (at < whole) {
        ml = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
        mh = (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24)) >>> 0;
      } else {
        const rest = size - whole;
        mh = (size & 0xff) << 24;
        for (let index = 0; index < rest; index++) {
          if (index < 4) ml |= bytes[whole + index]! << (8 * index);
          else mh |= bytes[whole + index]! << (8 * (index - 4));
        }
      }
      v3h ^= mh;
      v3l ^= ml;
      for (let rounds = sealing ? 4 : 2; rounds > 0; rounds--) {
        // One SipRound; a 64-bit sum is a sum of low halves, its carry, and a sum of high halves.
        let low = (v0l >>> 0) + (v1l >>> 0);
        v0h = (v0h + v1h + (low > 0xffffffff ? 1 : 0)) | 0;
        v0l = low | 0;
        let h = (v1h << 13) | (v1l >>> 19);
        v1l = (v1l << 13) | (v1h >>> 19);
        v1h = h ^ v0h;
        v1l ^= v0l;
        h = v0h;
        v0h = v0l;
        v0l = h;
        low = (v2l >>> 0) + (v3l >>> 0);
        v2h = (v2h + v3h + (low > 0xffffffff ? 1 : 0)) | 0;
        v2l = low | 0;
        h = (v3h << 16) | (v3l >>> 16);
        v3l = (v3l << 16) | (v3h >>> 16);
        v3h = h ^ v2h;
        v3l ^= v2l;
        low = (v0l >>> 0) + (v3l >>> 0);
        v0h = (v0h + v3h + (low > 0xffffffff ? 1 : 0)) | 0;
        v0l = low | 0;
        h = (v3h << 21) | (v3l >>> 11);
        v3l = (v3l << 21) | (v3h >>> 11);
        v3h = h ^ v0h;
        v3l ^= v0l;
        low = (v2l >>> 0) + (v1l >>> 0);
        v2h = (v2h + v1h + (low > 0xffffffff ? 1 : 0)) | 0;
        v2l = low | 0;
        h = (v1h << 17) | (v1l >>> 15);
        v1l = (v1l << 17) | (v1h >>> 15);
        v1h = h ^ v2h;
        v1l ^= v2l;
        h = v2h;
        v2h = v2l;
        v2l = h;
      }
      v0h ^= mh;
      v0l ^= ml;
    }
    this.high = (v0h ^ v1h ^ v2h ^ v3h) >>> 0;
    this.low = (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
  }
}

/** The longest text that is hashed joins a few strings of an event. */
const textLengthMax = 8 * limits.stringLengthMax;
const scratch = new Uint8Array(1 + textLengthMax * 3);
const scratchText = scratch.subarray(1);
const encoder = new TextEncoder();
