/**
 * What people have ordered of the processor: the kill switch, and what the governor is to do about a cause whatever it counts. And what one
 * member says to all others: that a canary is withdrawn.
 */

/** `release`: its caps do not hold. `hold`: it blocks nobody. */
export const overrideEffects = ['release', 'hold'] as const;
export type OverrideEffect = (typeof overrideEffects)[number];

/** An order, with who gave it and why. In force until its end, by the clock. */
export interface Order {
  readonly author: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

export interface GovernorOverride extends Order {
  /** Of any version: `rule:bulk-signup-from-device`, `model:starter`. */
  readonly cause: string;
  /** `all` stands for every segment. */
  readonly segment: string;
  readonly effect: OverrideEffect;
}

/** A bundle that may be canary no more, anywhere. It has no end: one that was mended has another version. */
export interface Withdrawal {
  readonly name: string;
  readonly version: string;
  /** Which member saw it, by its host. */
  readonly author: string;
  /** Counts and ratios; nobody's data. */
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export interface Control {
  /** While it is there, nothing blocks by itself. */
  readonly killSwitch: Order | null;
  readonly overrides: readonly GovernorOverride[];
}

export const nothingOrdered: Control = Object.freeze({ killSwitch: null, overrides: Object.freeze([]) });

/** What is in force at a time. @param nowMs by the clock, milliseconds since the epoch. */
export function inForceAt(control: Control, nowMs: number): Control {
  if (control.killSwitch === null && control.overrides.length === 0) return nothingOrdered;
  return {
    killSwitch: control.killSwitch !== null && nowMs < control.killSwitch.untilMs ? control.killSwitch : null,
    overrides: control.overrides.filter(({ untilMs }) => nowMs < untilMs),
  };
}
