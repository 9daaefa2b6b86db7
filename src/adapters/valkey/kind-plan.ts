import assert from 'node:assert/strict';
import {
  allowedLatenessMs,
  entityKinds,
  kindLayouts,
  windows,
  type EntityKind,
  type KindLayout,
  type ShownBy,
  type WindowName,
} from '../../features/state.ts';
import { CounterIds } from './counter-ids.ts';

/** A bucket width. Each is a multiple of the one before, so that old buckets can be poured into wider ones. */
export interface Resolution {
  readonly bucketMs: number;
  /** Buckets that a read of this width's window sums. */
  readonly bucketsRead: number;
  /** Buckets that can still be read: those of a read, and those of the allowed lateness. */
  readonly bucketsKept: number;
  /** Finest buckets in one of these. */
  readonly finest: number;
}

const windowNames = (Object.keys(windows) as WindowName[]).toSorted(
  (first, second) => windows[first].bucketMs - windows[second].bucketMs,
);

/** Finest first: one for each window. */
export const resolutions: readonly Resolution[] = windowNames.map((name) => {
  const { spanMs, bucketMs } = windows[name];
  const bucketsRead = spanMs / bucketMs;
  return {
    bucketMs,
    bucketsRead,
    bucketsKept: bucketsRead + Math.ceil(allowedLatenessMs / bucketMs),
    finest: bucketMs / windows[windowNames[0]!].bucketMs,
  };
});
assert(resolutions.length <= 8, 'a resolution is written in three bits');
for (const [index, { finest }] of resolutions.entries())
  assert(index === 0 || finest % resolutions[index - 1]!.finest === 0, 'buckets of windows lie within each other');

/** What one kind of entity keeps, in the order of its layout, ready for the inner loops. */
export interface KindPlan {
  readonly kind: EntityKind;
  readonly kindIndex: number;
  readonly layout: KindLayout;
  readonly countIds: CounterIds;
  readonly distinctIds: CounterIds;
  readonly measureIds: CounterIds;
  readonly counts: readonly {
    /** Finest first. */
    readonly windows: readonly { readonly resolution: number; readonly column: number }[];
  }[];
  readonly distincts: readonly {
    readonly elementIndex: number;
    readonly spansS: readonly number[];
    readonly spanSMax: number;
    readonly column: number;
    readonly shownBy: ShownBy;
  }[];
  readonly isAccount: boolean;
  readonly hasLabels: boolean;
  /** The kind's longest window, milliseconds. */
  readonly spanMsMax: number;
}

/** By `kindIndex`. */
export const kindPlans: readonly KindPlan[] = kindLayouts.map(planOf);
export const accountPlan: KindPlan = kindPlans[entityKinds.indexOf('account')]!;

function planOf(layout: KindLayout): KindPlan {
  const all = [...layout.counts, ...layout.distincts].flatMap((counter) => counter.windows);
  assert(layout.distincts.length <= 15 && layout.measures.length <= 15, 'a record counts them in four bits');
  return {
    kind: layout.kind,
    kindIndex: layout.kindIndex,
    layout,
    countIds: idsOf(layout.counts),
    distinctIds: idsOf(layout.distincts),
    measureIds: idsOf(layout.measures),
    counts: layout.counts.map((count) => ({
      windows: count.windows
        .map((name, position) => ({ resolution: windowNames.indexOf(name), column: count.column + position }))
        .toSorted((first, second) => first.resolution - second.resolution),
    })),
    distincts: layout.distincts.map((distinct) => {
      const spansS = distinct.windows.map((name) => windows[name].spanMs / 1000);
      const { elementIndex, column, shownBy } = distinct;
      return { elementIndex, spansS, spanSMax: Math.max(...spansS), column, shownBy };
    }),
    isAccount: layout.kind === 'account',
    hasLabels: layout.labelColumn !== null,
    spanMsMax: Math.max(0, ...all.map((name) => windows[name].spanMs)),
  };
}

function idsOf(counters: readonly { readonly name: string }[]): CounterIds {
  return new CounterIds(counters.map(({ name }) => name));
}
