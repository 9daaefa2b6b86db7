import type { Action } from '../../domain/decision.ts';
import { wilson, type Estimate } from '../estimates/share.ts';
import { escape, pageOf, tableOf, tiles } from '../page/document.ts';
import { intervalPlot, stackedBars, type IntervalRow } from '../page/plots.ts';
import { count, day, duration, estimate, partName, percent, share } from '../page/say.ts';
import type { ByAction, PartReport, PlatformReport } from './platform-report.ts';

const actionColors = [
  { name: 'challenge', color: '#d9b25f' },
  { name: 'review', color: '#5b8fb9' },
  { name: 'block', color: '#b5483f' },
] as const;
const whyMax = 9;
const countriesMax = 12;

/** The report of a run as one page that loads nothing: for who answers for a trust team. */
export function reportPage(report: PlatformReport): string {
  const title = `What was decided, ${day(report.firstMs)} to ${day(report.lastMs)}`;
  return pageOf(
    title,
    [
      `<h1>${escape(title)}</h1>`,
      introduction(report),
      headline(report),
      '<h2>How good it is</h2>',
      quality(report),
      '<h2>What to look at next</h2>',
      `<ul class="next">${report.next.map((one) => `<li>${escape(one)}</li>`).join('')}</ul>`,
      '<h2>What was decided, and why</h2>',
      byDay(report),
      outcomes(report),
      why(report),
      '<h2>For whom</h2>',
      parts(report),
      '<h2>Campaigns and groups</h2>',
      campaigns(report),
      groups(report),
      '<h2>What each rule and the model brought</h2>',
      rules(report),
      '<h2>How to read this</h2>',
      method(report),
    ].join('\n'),
  );
}

function introduction({ accounts, events, model, truth }: PlatformReport): string {
  const simulated =
    truth === null
      ? ''
      : ' Here it is known of every account whether it is fake, as only a simulation knows: red marks show where the truth lies, so that the estimates can be held against it.';
  return `<p class="soft">${count(events)} events of ${count(accounts)} accounts, judged by the model ${escape(model.name)} and the rules of the policy.${simulated}</p>`;
}

function headline({ reached, ends, accounts, figures, truth }: PlatformReport): string {
  const [block] = figures.actions;
  return tiles([
    {
      name: 'Blocked',
      value: count(ends.block),
      note: `${share(ends.block / accounts)} of accounts; ${count(reached.block)} by Winnow, others by what people said`,
    },
    {
      name: 'Asked or looked at',
      value: count(reached.challenge + reached.review),
      note: `${count(reached.challenge)} challenged, ${count(reached.review)} sent to review`,
    },
    {
      name: 'Blocks that are right',
      value: shareOf(block?.precision),
      note: `${intervalOf(block?.precision)}${isTrue(truth?.precision.block)}`,
    },
    {
      name: 'Fakes that are blocked',
      value: shareOf(block?.recall),
      note: `${intervalOf(block?.recall)}${isTrue(truth?.recall.block)}`,
    },
    {
      name: 'Accounts that are fake',
      value: shareOf(figures.prevalence),
      note: `${intervalOf(figures.prevalence)}${isTrue(truth?.prevalence)}`,
    },
  ]);
}

function isTrue(value: number | undefined): string {
  return value === undefined ? '' : `; in truth ${share(value)}`;
}

function shareOf(one: Estimate | undefined): string {
  if (one === undefined || one.judged === 0) return '?';
  return one.kind === 'estimated' ? share(one.share) : `${count(one.found)} of ${count(one.judged)}`;
}

function intervalOf(one: Estimate | undefined): string {
  if (one === undefined || one.judged === 0) return 'no labels';
  if (one.kind === 'not-enough-labels') return 'of those judged: too few labels for an interval';
  return `between ${percent(one.low, 1)} and ${percent(one.high, 1)} %`;
}

function valuesOf(counts: ByAction): number[] {
  return actionColors.map(({ name }) => counts[name]);
}

function byDay({ days }: PlatformReport): string {
  return stackedBars(
    'Accounts by the day on which they got their strongest action.',
    actionColors,
    days.map(({ dayMs, reached }) => ({
      label: day(dayMs),
      values: valuesOf(reached),
      note: count(sum(valuesOf(reached))),
    })),
    false,
  );
}

function outcomes({ reached, ends, lifted, heldBack }: PlatformReport): string {
  const rows = (['allow', 'challenge', 'review', 'block'] as const).map((action: Action) => [
    action,
    count(reached[action]),
    count(ends[action]),
  ]);
  const held = heldBack.map(({ by, asked, count: times }) => [`${asked}, by ${by}`, count(times)]);
  const after = `<p class="soft">${count(lifted)} accounts were blocked once and are not in the end: somebody lifted it, or its time was over. What stands counts what people said, too.</p>`;
  const back = held.length === 0 ? '' : `<div>${tableOf(['held back', 'times'], held)}</div>`;
  return `<div class="columns"><div>${tableOf(['accounts', 'strongest by Winnow', 'what stands in the end'], rows)}${after}</div>${back}</div>`;
}

function why({ why: all }: PlatformReport): string {
  const shown = all.slice(0, whyMax);
  const rows = shown.map(({ words, reached }) => [words, ...valuesOf(reached).map(count)]);
  return `<h3>Why</h3><p class="soft">The first reason of each account's strongest action, in the words that the person concerned is told.</p>${tableOf(
    ['', 'challenged', 'sent to review', 'blocked'],
    rows,
  )}`;
}

function quality({ figures, truth, sampled }: PlatformReport): string {
  const rows: IntervalRow[] = figures.actions.flatMap(({ action, precision, recall }) => [
    { label: `precision of ${named(action)}`, estimate: precision, truth: truth?.precision[action] },
    { label: `recall of ${named(action)}`, estimate: recall, truth: truth?.recall[action] },
  ]);
  rows.push({ label: 'share of accounts that are fake', estimate: figures.prevalence, truth: truth?.prevalence });
  return `<p>From ${count(figures.judged)} accounts that were drawn at random and judged: ${count(sampled.audit)} looked at blindly, and ${count(sampled.heldOut)} that would have been blocked and were let through. Bars are 95 % intervals: of twenty such bars nineteen hold the truth. A wide one is no fault of the model, it is what is not known yet.</p>${intervalPlot(
    `Precision: how many of those it was done to are fake. Recall: of all fakes, to how many it was done.${truth === null ? '' : ' Red: the truth.'}`,
    rows,
  )}`;
}

function named(action: Exclude<Action, 'allow'>): string {
  return action === 'block' ? 'block' : `${action} or stronger`;
}

function parts({ parts: all, figures }: PlatformReport): string {
  const countries = all.filter(({ part }) => part === 'country').slice(0, countriesMax);
  const precisionIn = new Map(figures.segments.map(({ segment, precision }) => [segment, precision]));
  const plot = stackedBars(
    'What stands in the end, by country; the rest of the bar is allowed.',
    [...actionColors, { name: 'allow', color: '#e6eaee' }],
    countries.map(({ value, ends, accounts }) => ({
      label: partName('country', value),
      values: [...valuesOf(ends), ends.allow],
      note: `${count(accounts)} accounts`,
    })),
    true,
  );
  const isTold = countries.some(({ value }) => precisionIn.get(value)?.kind === 'estimated');
  const rows = countries.map((one) => [...partRow(one), ...(isTold ? [estimateOf(precisionIn.get(one.value))] : [])]);
  const table = tableOf([...partHeader, ...(isTold ? ['blocks that are right'] : [])], rows);
  const of = (part: keyof typeof partTitles): string => {
    const some = all.filter((one) => one.part === part).slice(0, countriesMax);
    return some.length === 0 ? '' : `<h3>${partTitles[part]}</h3>${tableOf(partHeader, some.map(partRow))}`;
  };
  const range = `<p class="soft">Genuine blocked: of those that are labelled genuine, with the 95 % interval (Wilson) for others like them.</p>`;
  return `${plot}${table}${range}<div class="columns"><div>${of('language')}${of('mail')}</div><div>${of('segment')}</div></div>`;
}

const partTitles = {
  language: 'By language',
  mail: 'By kind of mailbox',
  segment: 'Honest people, by what they are like',
};
const partHeader = ['', 'accounts', 'blocked', 'genuine blocked'];

function partRow({ part, value, accounts, ends, wronged, genuine }: PartReport): string[] {
  const { low, high } = wilson(wronged / genuine, genuine);
  const range = `${low === 0 ? 0 : percent(low, 2)} to ${percent(high, 2)} %`;
  const wrong = genuine === 0 ? '–' : `${count(wronged)} of ${count(genuine)} (${range})`;
  return [partName(part, value), count(accounts), `${count(ends.block)} (${share(ends.block / accounts)})`, wrong];
}

function estimateOf(one: Estimate | undefined): string {
  return one === undefined ? 'nobody drawn' : estimate(one);
}

function campaigns({ campaigns: all }: PlatformReport): string {
  if (all.length === 0) return '<p>No labels name campaigns.</p>';
  const kinds = Map.groupBy(all, ({ segment }) => segment.split(':')[0]!);
  const rows = Array.from(kinds, ([kind, members]) => {
    const accounts = sum(members.map((one) => one.accounts));
    const before = members.flatMap(({ createdBeforeFirstBlock }) => createdBeforeFirstBlock ?? []);
    return {
      label: `${kind} (${count(members.length)})`,
      values: [
        sum(members.map(({ blocked }) => blocked)),
        sum(members.map(({ acted, blocked }) => acted - blocked)),
        sum(members.map(({ acted, accounts: size }) => size - acted)),
      ],
      note: before.length === 0 ? `${count(accounts)}, none` : `${count(accounts)}, ${ordinal(median(before))}`,
    };
  });
  return stackedBars(
    'What became of the accounts of campaigns, by kind (and how many there are). To the right, of how many accounts these are, and which account of a campaign was the first to be blocked (the median).',
    [
      { name: 'blocked', color: '#b5483f' },
      { name: 'challenged or in review', color: '#5b8fb9' },
      { name: 'got through', color: '#e6eaee' },
    ],
    rows,
    true,
    'accounts, first blocked',
  );
}

function groups({ groups: found }: PlatformReport): string {
  if (found.mode === 'off' || found.groups === 0) return '<p class="soft">Groups found nothing.</p>';
  const { review, block } = found.asked;
  const verb = found.mode === 'enforce' ? 'asked' : 'would have asked';
  return `<p>Accounts that share something rare were found in ${count(found.groups)} groups. They ${verb} for a block of ${count(block.accounts)} accounts (${count(block.fake)} fake, ${count(block.genuine)} genuine) and for a review of ${count(review.accounts)} (${count(review.fake)} fake, ${count(review.genuine)} genuine).${found.mode === 'shadow' ? ' They are only watched: <code>groups.mode</code> of the policy.' : ''}</p>`;
}

function rules({ rules: all, model }: PlatformReport): string {
  const fired = all.filter(({ fires }) => fires > 0).toSorted((first, second) => second.fires - first.fires);
  const silent = all.filter(({ fires }) => fires === 0);
  const rows = fired.map(
    ({ id, isShadow, action, fires, unique, addedBlocks, conflicts, onlyIt, leadMs, overlaps }) => [
      `${id}${isShadow ? ' (shadow)' : ''}`,
      action,
      count(fires),
      count(unique),
      count(addedBlocks),
      count(conflicts),
      share(onlyIt),
      duration(leadMs),
      overlaps[0] === undefined ? '–' : `${overlaps[0].with} (${share(overlaps[0].share)})`,
    ],
  );
  const header = [
    'rule',
    'asks for',
    'fires',
    'unique',
    'added blocks',
    'genuine',
    'fakes only it finds',
    'lead',
    'fires together with',
  ];
  return `<p>The model ${escape(model.name)} would have blocked ${count(model.blocks)} of the blocked accounts by its score alone; of ${count(model.alone)} of them no rule fired that acts.</p>${intervalPlot(
    'How many of the accounts that a rule fired on are fake, as far as they are labelled; campaigns count once. Lighter: rules that are only watched.',
    fired.map(({ id, precision, isShadow }) => ({ label: id, estimate: precision, isMuted: isShadow })),
  )}${tableOf(header, rows, [1, 8])}${
    silent.length === 0 ? '' : `<p class="soft">Never fired: ${escape(silent.map(({ id }) => id).join(', '))}.</p>`
  }`;
}

function method({ figures }: PlatformReport): string {
  return `<p class="soft">Precision, recall and the share of fakes are estimated from accounts that were drawn at random with known probabilities (${count(figures.drawn)} drawn, ${count(figures.judged)} judged), each weighted by how many it stands for (the ratio of Hájek), and never from who appeals. Accounts of one campaign count as one observation, so that a large campaign does not look like much evidence. Where what is known is worth fewer than 30 independent accounts, the page says “not enough labels”. “Unique” are accounts of which nothing else asked for as much; “lead” is by how much a rule was earlier than the others, over fakes that both found. A run over past events reads them in one order; live, partitions are read beside each other, and what two accounts share may be seen in another order, so that a few accounts come out otherwise: of a hundred events less than one, where one of four partitions is an hour behind (src/features/README.md has the table).</p>`;
}

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

/** `22nd` for 22. */
function ordinal(value: number): string {
  const endings = { zero: 'th', one: 'st', two: 'nd', few: 'rd', many: 'th', other: 'th' };
  return `${count(value)}${endings[ordinals.select(value)]}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((first, second) => first - second);
  return sorted[Math.floor(sorted.length / 2)]!;
}
