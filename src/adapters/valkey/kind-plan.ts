import assert from 'node:assert/strict';
import { entityKinds, kindLayouts, type EntityKind, type KindLayout } from '../../features/state.ts';
import { resolutions } from '../../history/windowed-counts.ts';
import { CounterIds } from './counter-ids.ts';

assert(resolutions.length <= 8, 'a resolution is written in three bits');

/** What one kind of entity keeps, in the order of its layout, ready for the inner loops. */
export interface KindPlan {
  readonly kind: EntityKind;
  readonly kindIndex: number;
  readonly layout: KindLayout;
  readonly countIds: CounterIds;
  readonly distinctIds: CounterIds;
  readonly measureIds: CounterIds;
  readonly isAccount: boolean;
  readonly hasLabels: boolean;
}

/** By `kindIndex`. */
export const kindPlans: readonly KindPlan[] = kindLayouts.map(planOf);
export const accountPlan: KindPlan = kindPlans[entityKinds.indexOf('account')]!;

function planOf(layout: KindLayout): KindPlan {
  assert(layout.distincts.length <= 15 && layout.measures.length <= 15, 'a record counts them in four bits');
  return {
    kind: layout.kind,
    kindIndex: layout.kindIndex,
    layout,
    countIds: idsOf(layout.counts),
    distinctIds: idsOf(layout.distincts),
    measureIds: idsOf(layout.measures),
    isAccount: layout.kind === 'account',
    hasLabels: layout.labelColumn !== null,
  };
}

function idsOf(counters: readonly { readonly name: string }[]): CounterIds {
  return new CounterIds(counters.map(({ name }) => name));
}
