import { catalogue } from '../catalogue.ts';

/** In which form a model takes a feature: as it is, or as its rank among the platform's own events of the type. */
export const forms = ['value', 'rank'] as const;
export type Form = (typeof forms)[number];

/** Units whose numbers have no order that says anything, or mean the same on every platform. */
const unranked: ReadonlySet<string> = new Set(['0 or 1', 'code']);

/** The features that have a rank that says something, in column order. */
export const rankable: readonly string[] = catalogue.filter(({ unit }) => !unranked.has(unit)).map(({ name }) => name);
