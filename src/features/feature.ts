import type { EventFacts } from './facts.ts';
import type { FeatureReason } from './reason.ts';
import {
  measureColumn,
  snapshotColumn,
  spanColumn,
  type CountName,
  type DistinctName,
  type EntityKind,
  type SpanName,
  type WindowName,
} from './state.ts';

/** Groups of features, for documents and ablation. */
export const featureGroups = ['identity', 'flow', 'network', 'device', 'activity', 'spread', 'reputation'] as const;
export type FeatureGroup = (typeof featureGroups)[number];

/**
 * Computes a feature's value; NaN for missing.
 * @param values snapshot rows, of which this event's starts at `row`.
 */
export interface Extractor {
  (facts: EventFacts, values: Float64Array, row: number): number;
  /** Where the value is a column of the snapshots as it is: which. Those are copied without a call, and they are many. */
  readonly column?: number;
}

/** A number about an event and its history, with all that a reader of a decision, a rule or a model card must know. */
export interface Feature {
  /** snake_case, stable for ever: models, policies and decisions name it. */
  readonly name: string;
  readonly group: FeatureGroup;
  readonly definition: string;
  readonly unit: string;
  /** Smallest and largest value that is not missing. */
  readonly range: readonly [number, number];
  /** When the value is missing. */
  readonly missing: string;
  /** Where the idea comes from. */
  readonly source: string;
  /** What its value says against an account. Null: it says what is looked at, not what is wrong with it. */
  readonly reason: FeatureReason | null;
  readonly extract: Extractor;
}

/** A windowed counter as it is. */
export function counter<K extends EntityKind>(
  kind: K,
  name: CountName<K> | DistinctName<K>,
  window: WindowName,
): Extractor {
  return asItIs(snapshotColumn(kind, name, window));
}

function asItIs(column: number): Extractor {
  return Object.assign((_facts: EventFacts, values: Float64Array, row: number) => values[row + column]!, { column });
}

/** One counter over another; missing while the lower one is 0. */
export function ratio(upper: number, lower: number): Extractor {
  return (_facts, values, row) => {
    const divisor = values[row + lower]!;
    return divisor === 0 ? NaN : values[row + upper]! / divisor;
  };
}

/** Signups of which a share says something: of one or two, nearly every share is 0, a half or 1. */
const sharedMin = 3;

/**
 * The part of `whole` that `part` is; missing while there are too few. `whole` counts only those that had the member in question:
 * who does not tell it is in neither.
 */
export function share(part: number, whole: number): Extractor {
  return (_facts, values, row) => {
    const told = values[row + part]! / values[row + whole]!;
    return values[row + whole]! >= sharedMin ? Math.min(1, told) : NaN;
  };
}

/** A span, divided into the unit of the feature. */
export function span(kind: EntityKind, name: SpanName, secondsPerUnit = 1): Extractor {
  const column = spanColumn(kind, name);
  return (_facts, values, row) => values[row + column]! / secondsPerUnit;
}

/** Mean or spread of a measure. */
export function measure(kind: EntityKind, name: string, figure: 'mean' | 'deviation'): Extractor {
  return asItIs(measureColumn(kind, name, figure));
}

/** A truth as a number; undefined stays so. */
export function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : value ? 1 : 0;
}

/** A member of the event; undefined becomes missing. */
export function member(read: (facts: EventFacts) => number | undefined): Extractor {
  return (facts) => read(facts) ?? NaN;
}
