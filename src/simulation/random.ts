import assert from 'node:assert/strict';

const base36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const warmUpRounds = 15;

/**
 * Seeded random numbers: sfc32 by Chris Doty-Humphrey (PractRand), 128 bits of state, period about 2^128. The same seed
 * and stream give the same numbers; two streams of one seed are independent for our purposes.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed` is any safe integer; `stream` tells apart the generators of one simulation, 0 to 2^32 - 1. */
  constructor(seed: number, stream = 0) {
    assert(Number.isSafeInteger(seed), 'a seed is a safe integer');
    assert(Number.isInteger(stream) && stream >= 0 && stream < 2 ** 32, 'a stream is an unsigned 32-bit integer');
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = stream | 0;
    for (let round = 0; round < warmUpRounds; round += 1) this.uint32();
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** A number from 0 up to, but not including, 1. */
  unit(): number {
    return this.uint32() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** A chance that is certain one way or the other draws no number. */
  chanceOrCertain(probability: number): boolean {
    return probability >= 1 || (probability > 0 && this.chance(probability));
  }

  /** A number from `low` up to, but not including, `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    assert(items.length > 0, 'something to pick from');
    return items[Math.floor(this.unit() * items.length)] as T;
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** Log-normal: half of the values are below `median`; `sigma` is the deviation of the logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  /** A number from `low` to `high`, both above 0, of which each order of magnitude is as likely as another. */
  logBetween(low: number, high: number): number {
    return low * (high / low) ** this.unit();
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** Poisson: exact up to a mean of 30, then the rounded normal that is near it. */
  poisson(mean: number): number {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.unit(); product > limit; product *= this.unit()) count += 1;
    return count;
  }

  digits(length: number): string {
    let text = '';
    while (text.length < length) text += Math.floor(this.unit() * 10);
    return text;
  }

  /** Lower-case letters and digits. */
  base36(length: number): string {
    let text = '';
    while (text.length < length) text += base36[Math.floor(this.unit() * 36)];
    return text;
  }

  /** `length` hex digits, in steps of eight. */
  hex(length: 8 | 16): string {
    let text = '';
    while (text.length < length) text += this.uint32().toString(16).padStart(8, '0');
    return text;
  }
}

/** A choice with unequal chances, prepared once: weights need not add up to one. */
export function weighted<T>(entries: readonly (readonly [item: T, weight: number])[]): (random: Random) => T {
  let total = 0;
  const bounds = entries.map(([, weight]) => (total += weight));
  assert(total > 0, 'one weight at least is above zero');
  return (random) => {
    const point = random.unit() * total;
    const index = bounds.findIndex((bound) => point < bound);
    return (entries[index] as readonly [T, number])[0];
  };
}
