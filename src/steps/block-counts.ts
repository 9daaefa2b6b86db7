import type { Governor, KeptGovernor } from '../policy/governor/governor.ts';
import type { GovernorNews } from '../policy/governor/news.ts';
import type { BlockAllowance, HourCount, KeptAllowance } from '../scoring/block-allowance.ts';

/** What one member counted that the others are to count too. A member of an earlier version tells of its governor alone. */
export interface BlockNews extends GovernorNews {
  readonly allowance?: readonly HourCount[];
}

/** What is kept of the counts; an earlier version kept those of the governor alone. */
export interface KeptBlockCounts extends KeptGovernor {
  readonly allowance?: KeptAllowance;
}

const nothingGoverned: GovernorNews = Object.freeze({ form: 1, nowMs: 0, signups: [], acts: [] });

/** All that a member counts of blocks, which outlives it and which members of a group count together: each cause's, and the score's of a day. */
export class BlockCounts {
  readonly governor: Governor;
  readonly allowance: BlockAllowance;

  constructor(governor: Governor, allowance: BlockAllowance) {
    this.governor = governor;
    this.allowance = allowance;
  }

  /** Whether the others should soon be told. */
  get isPressing(): boolean {
    return this.governor.isPressing || this.allowance.isPressing;
  }

  /** Takes what was counted here and told nobody; null where there is nothing. */
  take(): BlockNews | null {
    const [governed, allowance] = [this.governor.take(), this.allowance.take()];
    if (governed === null && allowance.length === 0) return null;
    return { ...(governed ?? nothingGoverned), allowance };
  }

  /** All that was taken so far has been told. */
  told(): void {
    this.allowance.told();
  }

  /** Counts what another member counted. */
  apply({ allowance, ...governed }: BlockNews): void {
    this.governor.apply(governed);
    if (allowance !== undefined) this.allowance.apply(allowance);
  }

  kept(): KeptBlockCounts {
    return { ...this.governor.kept(), allowance: this.allowance.kept() };
  }

  restore({ allowance, ...governed }: KeptBlockCounts): void {
    this.governor.restore(governed);
    if (allowance !== undefined) this.allowance.restore(allowance);
  }
}
