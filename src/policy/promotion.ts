/** What has to be shown before a rule, a policy or a model may act. */
export interface Promotion {
  /** The lower end of the 95 % interval of the precision of what it would add, 0 to 1. */
  readonly precisionMin: number;
  /** Blocks a day that it may add. */
  readonly addedBlocksPerDayMax: number;
}

export const promotionDefaults: Promotion = Object.freeze({ precisionMin: 0.95, addedBlocksPerDayMax: 100 });
