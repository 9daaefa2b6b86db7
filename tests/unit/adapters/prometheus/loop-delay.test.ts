import { describe, expect, it } from 'vitest';
import { LoopDelay } from '../../../../src/adapters/prometheus/loop-delay.ts';

/** Samples as Node keeps them: nanoseconds, the 10 ms between two among them. */
class Samples {
  #delaysMs: number[] = [];

  late(...delaysMs: readonly number[]): void {
    this.#delaysMs.push(...delaysMs);
  }

  get count(): number {
    return this.#delaysMs.length;
  }

  get max(): number {
    return this.percentile(100);
  }

  percentile(percent: number): number {
    const sorted = this.#delaysMs.toSorted((one, other) => one - other);
    return (sorted[Math.ceil((percent / 100) * sorted.length) - 1]! + 10) * 1e6;
  }

  reset(): void {
    this.#delaysMs = [];
  }
}

describe('LoopDelay', () => {
  it('is 0 before anything is sampled', () => {
    expect(new LoopDelay(new Samples()).read()).toEqual({ p99: 0, max: 0 });
  });

  it('takes the time between two samples for no delay', () => {
    const samples = new Samples();
    samples.late(0, 0, 500);
    const { max } = new LoopDelay(samples).read();
    expect(max).toBeCloseTo(0.5);
  });

  it('tells of a stall to everybody who asks, until the end of the window after it', () => {
    const samples = new Samples();
    const delay = new LoopDelay(samples);
    samples.late(2_000);
    expect([delay.read().max, delay.read().max].map(Math.round)).toEqual([2, 2]);
    delay.turn();
    samples.late(1);
    expect(Math.round(delay.read().max)).toBe(2);
    delay.turn();
    expect(delay.read().max).toBeCloseTo(0.001);
  });

  it('has a p99 that one sample of many does not move', () => {
    const samples = new Samples();
    samples.late(...Array.from({ length: 199 }, () => 5), 900);
    const { p99, max } = new LoopDelay(samples).read();
    expect(p99).toBeCloseTo(0.005);
    expect(max).toBeCloseTo(0.9);
  });
});
