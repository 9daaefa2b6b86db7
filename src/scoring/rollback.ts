import { actions } from '../domain/decision.ts';
import type { BlockRecord } from '../domain/governor.ts';
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
  /** Of its blocks, those that people overturned: as a multiple of the champion's share. */
  readonly overturnedRatioMax: number;
  /** Overturned blocks of the canary that are too few to say anything. */
  readonly overturnedMin: number;
}

/** What both blocked of their own accounts within a week, and people overturned. */
export interface Judged {
  readonly champion: BlockRecord;
  readonly canary: BlockRecord;
}

/** Fewer events say nothing of means. */
const rowsMin = 1_000;
/** When this many events are counted, all counts are halved: what is long ago weighs little. */
const rowsMax = 100_000;
/** Events that should have come to a canary, by its share, before none at all means that it gets no data. */
const expectedMin = 200;

/**
 * Blocks that the champion is credited with beside its own, one of them overturned: few blocks that nobody has overturned yet are no
 * proof of a model without fault, and a canary that is held against nothing else is held against this.
 */
const creditedBlocks = 20;

/** Watches a canary by what it says of the events that it and the champion both scored, and by what people say of whom each blocked. */
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
   * @param expected events of the batch that its share says it should have had. @param judged null where nobody counts.
   */
  add(comparison: Omit<Comparison, 'model'>, expected: number, judged: Judged | null = null): string | null {
    this.#expected += expected;
    if (comparison.failed) this.#failuresInRow++;
    else if (comparison.rows > 0) this.#failuresInRow = 0;
    this.#rows += comparison.rows;
    this.#shiftSum += comparison.shiftSum;
    this.#tookMs += comparison.tookMs;
    this.#championMs += comparison.championMs;
    for (const [at, count] of comparison.agreement.entries()) this.#agreement[at]! += count;
    if (this.#rows > rowsMax) this.#halve();
    const byPeople = judged === null ? null : this.#overturned(judged);
    return byPeople ?? this.#failures() ?? this.#blocks() ?? this.#shift() ?? this.#latency() ?? this.#data();
  }

  /** In counts, not in shares alone: a small share of accounts has few blocks. */
  #overturned({ champion, canary }: Judged): string | null {
    const { overturnedMin, overturnedRatioMax } = this.#rules;
    if (canary.overturned < overturnedMin) return null;
    const usual = (champion.overturned + 1) / (champion.blocks + creditedBlocks);
    if (canary.overturned <= canary.blocks * usual * overturnedRatioMax) return null;
    const own = `${canary.overturned} of its ${canary.blocks} blocks of a week`;
    return `people overturned ${own}, and ${champion.overturned} of the champion's ${champion.blocks}`;
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
