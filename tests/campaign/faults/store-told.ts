import type { Sign } from '../watch.ts';

/** A history that does not answer holds batches. */
export const storeIsHeld: readonly (readonly Sign[])[] = [
  [{ metric: 'winnow_holds_total', labels: { step: 'store' } }],
  [{ log: 'STORE_UNAVAILABLE' }],
];
