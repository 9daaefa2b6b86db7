import type { Life } from './life.ts';
import type { Random } from './random.ts';
import { hourMs } from './time.ts';

/**
 * What people say of accounts, days after they came. Reviewers look at reports and samples of their own, not at Winnow's
 * decisions; they find few fakes, late, and are wrong at times: a history of labels must not be the answer to the riddle.
 */
const reviewed = {
  /** Share of fake accounts that somebody looks at within the stream, and of genuine ones. */
  fake: 0.3,
  genuine: 0.012,
} as const;
/** Share of judgements that are wrong. */
const wrongShare = 0.03;
/** Share of genuine people judged fake who appeal, and are heard. */
const appealShare = 0.6;
const delayHoursMedian = 30;
const appealHoursMedian = 20;

/** Plans the judgements of one account, by random numbers of their own: they change nothing else in the stream. */
export function planReviews(
  life: Life,
  { label, createdMs }: { readonly label: 'fake' | 'genuine'; readonly createdMs: number },
  random: Random,
): void {
  if (!random.chance(reviewed[label])) return;
  const isWrong = random.chance(wrongShare);
  const judged = isWrong === (label === 'fake') ? 'genuine' : 'fake';
  const timeMs = createdMs + random.logNormal(delayHoursMedian, 0.8) * hourMs;
  life.plan(timeMs, 'account.labelled', { label: judged, by: 'review' });
  if (label === 'fake' || judged === 'genuine' || !random.chance(appealShare)) return;
  life.plan(timeMs + random.logNormal(appealHoursMedian, 0.6) * hourMs, 'account.labelled', {
    label: 'genuine',
    by: 'appeal',
  });
}
