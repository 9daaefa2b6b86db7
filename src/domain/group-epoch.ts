const dayMs = 86_400_000;

/**
 * What ties accounts holds within an epoch of event time, so that groups end: a value that comes again a year later is a value
 * that comes for the first time.
 */
export const epochMs = 7 * dayMs;

/** Accounts that came in this last part of an epoch count in the next one too: a campaign need not begin with an epoch. */
export const epochOverlapMs = 2 * dayMs;

/** The epoch of a time, a whole number that rises. @param timeMs milliseconds since the epoch of dates. */
export function epochOf(timeMs: number): number {
  return Math.floor(timeMs / epochMs);
}

/** All epochs in which something of that time counts: one, or two. */
export function epochsOf(timeMs: number): readonly number[] {
  const epoch = epochOf(timeMs);
  return (epoch + 1) * epochMs - timeMs <= epochOverlapMs ? [epoch, epoch + 1] : [epoch];
}

/** Whether what an epoch holds still counts: what comes late does, where its epoch, or the one after it, is the newest. */
export function isCurrentEpoch(epoch: number, newest: number): boolean {
  return epoch >= newest - 1;
}

/** Whether nothing asks any more how many accounts an epoch had: each is compared with the one before it. */
export function isPastEpoch(epoch: number, newest: number): boolean {
  return epoch < newest - 2;
}
