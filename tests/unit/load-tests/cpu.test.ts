import { describe, expect, it } from 'vitest';
import { cpuBetween, cpuMsOf } from '../../../load-tests/load/cpu.ts';

describe('cpuMsOf', () => {
  it('adds user and system time, whatever the name of the program', () => {
    // Fields 14 and 15 of proc(5), in hundredths of a second.
    const stat = '4242 (a) b (c) S 1 4242 4242 0 -1 4194560 9000 0 3 0 150 25 0 0 20 0 11 0 123456 1000000 5000';
    expect(cpuMsOf(stat)).toBe(1_750);
  });
});

describe('cpuBetween', () => {
  const samples = [
    { atMs: 0, cpuMs: 10 },
    { atMs: 100, cpuMs: 60 },
    { atMs: 200, cpuMs: 60 },
    { atMs: 300, cpuMs: 160 },
  ];

  it.each([
    ['between samples', 100, 300, 100],
    ['interpolated', 50, 250, 75],
    ['at the edges', 0, 300, 150],
    ['of no time', 120, 120, 0],
    ['from before the first sample', -1, 100, null],
    ['after the last sample', 100, 301, null],
  ])('%s', (_, fromMs, toMs, expected) => {
    expect(cpuBetween(samples, fromMs, toMs)).toBe(expected);
  });

  it('knows nothing without samples', () => {
    expect(cpuBetween([], 0, 1)).toBeNull();
  });
});
