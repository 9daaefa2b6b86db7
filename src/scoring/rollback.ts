import { actions } from '../domain/decision.ts';
import type { Comparison } from '../telemetry.ts';
import { blocksOf } from './comparison.ts';

/** When a canary is withdrawn. */
export interface RollbackRules {
  /** Batches in a row in which it fails: throws, is late, gives no number. */
  readonly failuresMax: number;
  /** What it blocks of the same events, as a multiple of what the champion does. */
  readonly blockRatioMin: number;
  readonly blockRatioMax: number;
  /** Blocks of either that are too few to say anything of their ratio. */
  readonly blocksMin: number;
  /** Of the mean score of the same events. */
  readonly scoreShiftMax: number;
  /** What an event costs it, as a multiple of what it costs the champion. */
  readonly latencyRatioMax: number;
}

/** Fewer events say nothing of means. */
const rowsMin = 1_000;
/** When this many events are counted, all counts are halved: what is long ago weighs little. */
const rowsMax = 100_000;
/** Events that should have come to a canary, by its share, before none at all means that it gets no data. */
const expectedMin = 200;

/** Watches a canary by what it says of the events that it and the champion both scored. */
export class CanaryWatch {
  readonly #rules: RollbackRules;
  readonly #agreement = new Float64Array(actions.length ** 2);
  #rows = 0;
  #shiftSum = 0;
  #tookMs = 0;
  #championMs = 0;
  #failuresInRow = 0;
  /** By its share of what the champion scored. */
  #expected = 0;

  constructor(rules: RollbackRules) {
    this.#rules = rules;
  }

  /**
   * Takes one batch; returns why the canary is to be withdrawn, or null.
   * @param expected events of the batch that its share says it should have had.
   */
  add(comparison: Omit<Comparison, 'model'>, expected: number): string | null {
    this.#expected += expected;
    if (comparison.failed) this.#failuresInRow++;
    else if (comparison.rows > 0) this.#failuresInRow = 0;
    this.#rows += comparison.rows;
    this.#shiftSum += comparison.shiftSum;
    this.#tookMs += comparison.tookMs;
    this.#championMs += comparison.championMs;
    for (const [at, count] of comparison.agreement.entries()) this.#agreement[at]! += count;
    if (this.#rows > rowsMax) this.#halve();
    return this.#failures() ?? this.#blocks() ?? this.#shift() ?? this.#latency() ?? this.#data();
  }

  #failures(): string | null {
    if (this.#failuresInRow < this.#rules.failuresMax) return null;
    return `it failed in ${this.#failuresInRow} batches in a row`;
  }

  #blocks(): string | null {
    const { blockRatioMin, blockRatioMax, blocksMin } = this.#rules;
    const [champion, canary] = blocksOf(this.#agreement);
    if (Math.max(champion, canary) < blocksMin) return null;
    const ratio = canary / champion;
    if (ratio >= blockRatioMin && ratio <= blockRatioMax) return null;
    const counts = `${Math.round(canary)} of the same ${Math.round(this.#rows)} events where the champion blocks`;
    return `it blocks ${counts} ${Math.round(champion)}`;
  }

  #shift(): string | null {
    if (this.#rows < rowsMin) return null;
    const shift = this.#shiftSum / this.#rows;
    if (Math.abs(shift) <= this.#rules.scoreShiftMax) return null;
    return `its mean score is ${shift.toFixed(3)} away from the champion's on the same ${Math.round(this.#rows)} events`;
  }

  #latency(): string | null {
    if (this.#rows < rowsMin || this.#tookMs <= this.#championMs * this.#rules.latencyRatioMax) return null;
    return `an event costs it ${(this.#tookMs / this.#championMs).toFixed(1)} times what it costs the champion`;
  }

  #data(): string | null {
    if (this.#rows > 0 || this.#expected < expectedMin) return null;
    return `none of ${Math.round(this.#expected)} events that are its share came to it`;
  }

  #halve(): void {
    this.#rows /= 2;
    this.#shiftSum /= 2;
    this.#tookMs /= 2;
    this.#championMs /= 2;
    this.#expected /= 2;
    for (let at = 0; at < this.#agreement.length; at++) this.#agreement[at]! /= 2;
  }
}
