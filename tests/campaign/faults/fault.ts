import type { Random } from '../../../src/simulation/random.ts';
import type { Stage } from '../stage.ts';
import type { Topology } from '../topology.ts';
import type { Sign } from '../watch.ts';

/** What a fault happens to. Two faults of one part come one after the other, those of several overlap. */
export type Part = 'processor' | 'store' | 'brokers' | 'topic' | 'records' | 'clock' | 'disk' | 'group';

/** A kind of fault. */
export interface Fault {
  /** As the command names it. */
  readonly name: string;
  /** What happens, for the table. */
  readonly what: string;
  readonly parts: readonly Part[];
  /** How long it lasts at least and at most, in milliseconds. */
  readonly lastsMs: readonly [number, number];
  isPossible(topology: Topology): boolean;
  /** What must have been told by the end of the round: of each row at least one. */
  readonly tells: readonly (readonly Sign[])[];
  /** Nothing comes from Kafka while it lasts: who has no events asks no store, and holds none against the clock. */
  readonly mutes?: true;
  /** Codes with which a processor may end by itself because of it. */
  readonly exits?: readonly number[];
  /** Why what is left in history, and what was decided, is not held against an undisturbed run; undefined where it is. */
  readonly incomparable?: string;
  /** Begins, and is in effect when it resolves; what it gives ends it. Throws where it could not be done. */
  begin(stage: Stage, random: Random): Promise<() => Promise<void>>;
}

export const anywhere = (): boolean => true;
export const once = async (): Promise<void> => undefined;

/** Any member, by chance. */
export function pick<T>(random: Random, many: readonly T[]): T {
  return many[random.integer(0, many.length - 1)]!;
}
