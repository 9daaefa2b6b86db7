import { actions } from '../../domain/decision.ts';
import { escape, pageOf, tableOf, tiles } from '../page/document.ts';
import { intervalPlot, matrix, stackedBars } from '../page/plots.ts';
import { count, duration, estimate, partName, percent, share } from '../page/say.ts';
import type { ComparisonReport, PartFigures, SideFigures } from './compare.ts';
import type { GateVerdict } from './gate.ts';

/** Changed accounts that are listed; all are in the JSON. */
const changedMax = 300;
/** Rows of each kind of part. */
const partsMax = 12;

/** A comparison as a page: what would change, whether it may, and for whom. */
export function comparisonPage(report: ComparisonReport): string {
  const [first, other] = report.sides;
  return pageOf(
    `${first.name}, and ${other.name}`,
    [
      `<h1>What would change</h1>`,
      `<p>From <strong>${escape(first.name)}</strong> to <strong>${escape(other.name)}</strong>.</p>`,
      `<p class="soft">What each decides on the same ${count(report.accounts)} accounts of ${report.days.toFixed(1)} days. ${escape(aboutLabels(report))}</p>`,
      ...report.sides.flatMap(uncalibrated),
      summary(report),
      '<h2>May it act?</h2>',
      verdict(`What ${other.name} adds`, report.gate),
      ...report.ruleGates.map(({ id, verdict: one }) => verdict(`The shadow rule ${id}`, one)),
      '<h2>What changes</h2>',
      matrix(
        `Accounts by the strongest action that they got: ${first.name} down, ${other.name} across. Red is stronger, blue is weaker.`,
        actions,
        report.agreement,
      ),
      sidesTable(report.sides),
      '<h2>Rules</h2>',
      ...report.sides.flatMap(rules),
      '<h2>For whom</h2>',
      '<p>Genuine accounts that stand blocked in the end, of those that are known to be genuine: where a difference falls on one part, it is no improvement there.</p>',
      ...(['country', 'language', 'mail', 'segment'] as const).map((part) => parts(part, report)),
      '<h2>Accounts that change</h2>',
      changed(report),
    ].join('\n'),
  );
}

function uncalibrated({ name, uncalibrated: held }: SideFigures): readonly string[] {
  if (held === 0) return [];
  return [
    `<p><strong>${escape(name)} is uncalibrated</strong>: its score would block ${count(held)} accounts, and blocks none as long as no norms describe its model.</p>`,
  ];
}

function aboutLabels({ labelled, areLabelsRandom, areLabelsHeldOut }: ComparisonReport): string {
  if (labelled === 0) return 'No account is labelled, so nothing is said of who was right.';
  const random = areLabelsRandom
    ? `${count(labelled)} accounts are labelled: all, or a random sample with known probabilities.`
    : `${count(labelled)} accounts are labelled, and not by a draw: figures hold for them, not for the platform.`;
  return `${random} ${areLabelsHeldOut ? 'What people said in the stream was kept from history and features.' : 'What people said in the stream was seen by both, which flatters both.'}`;
}

function summary({ sides, agreement, accounts }: ComparisonReport): string {
  const [first, other] = sides;
  const same = agreement.reduce((sum, row, index) => sum + row[index]!, 0);
  return tiles([
    { name: 'the same for', value: share(same / accounts), note: `${count(accounts - same)} accounts change` },
    {
      name: 'blocked in the end',
      value: `${count(first.ends.block)} → ${count(other.ends.block)}`,
      note: `lifted: ${count(first.lifted)} → ${count(other.lifted)}`,
    },
    {
      name: 'precision of block',
      value: pair(sides, ({ precision }) => shareOf(precision)),
      note: pair(sides, ({ precision }) => intervalOf(precision)),
    },
    {
      name: 'recall of block',
      value: pair(sides, ({ recall }) => shareOf(recall)),
      note: pair(sides, ({ recall }) => intervalOf(recall)),
    },
  ]);
}

function pair(sides: ComparisonReport['sides'], say: (side: SideFigures) => string): string {
  return `${say(sides[0])} → ${say(sides[1])}`;
}

/** Of few labels what was found, of those that were judged: the interval beside it says that it holds for no others. */
function shareOf(one: SideFigures['precision']): string {
  if (one.kind === 'estimated') return share(one.share);
  return one.judged === 0 ? '?' : share(one.found / one.judged);
}

function intervalOf(one: SideFigures['precision']): string {
  if (one.kind === 'not-enough-labels')
    return one.judged === 0 ? 'no labels' : `of ${count(one.judged)} judged, too few for an interval`;
  return `${percent(one.low, 1)} to ${percent(one.high, 1)}`;
}

function verdict(subject: string, { mayAct, missing }: GateVerdict): string {
  if (mayAct) return `<p>${escape(subject)}: <span class="yes">may act</span>.</p>`;
  return `<p>${escape(subject)}: <span class="no">not yet</span>.</p><ul>${missing.map((one) => `<li>${escape(one)}</li>`).join('')}</ul>`;
}

function sidesTable(sides: ComparisonReport['sides']): string {
  const rows = sides.map(({ name, reached, ends, lifted, wronged, precision, recall }) => [
    name,
    ...(['challenge', 'review', 'block'] as const).map(
      (action) => `${count(reached[action])} / ${count(ends[action])}`,
    ),
    count(lifted),
    `${count(wronged.ever)} / ${count(wronged.ends)}`,
    estimate(precision),
    estimate(recall),
  ]);
  const header = [
    'ever / in the end',
    'challenge',
    'review',
    'block',
    'lifted',
    'genuine blocked',
    'precision of block',
    'recall of block',
  ];
  return tableOf(header, rows);
}

function rules({ name, rules: all }: SideFigures): string[] {
  const fired = all.filter(({ fires }) => fires > 0);
  const silent = all.filter(({ fires }) => fires === 0);
  const rows = fired.map((rule) => [
    `${rule.id}${rule.isShadow ? ' (shadow)' : ''}`,
    rule.action,
    count(rule.fires),
    count(rule.unique),
    count(rule.addedBlocks),
    rule.overlaps.map((one) => `${one.with} ${share(one.share)}`).join(', '),
    count(rule.conflicts),
    share(rule.recall),
    share(rule.onlyIt),
    duration(rule.leadMs),
    Number.isNaN(rule.costUs) ? '–' : rule.costUs.toFixed(2),
  ]);
  const header = [
    'rule',
    'asks for',
    'fires',
    'unique',
    'added blocks',
    'fires together with',
    'genuine',
    'recall',
    'only it',
    'lead',
    'µs',
  ];
  return [
    `<h3>${escape(name)}</h3>`,
    intervalPlot(
      'Precision of each rule with its 95 % interval, campaigns counted once. Lighter: shadow rules.',
      fired.map(({ id, isShadow, precision }) => ({ label: id, estimate: precision, isMuted: isShadow })),
    ),
    tableOf(header, rows, [1, 5]),
    silent.length === 0 ? '' : `<p class="soft">Never fired: ${escape(silent.map(({ id }) => id).join(', '))}.</p>`,
  ];
}

const partTitles = {
  country: 'By country',
  language: 'By language',
  mail: 'By kind of mailbox',
  segment: 'By segment',
};

function parts(part: PartFigures['part'], report: ComparisonReport): string {
  const all = report.parts.filter((one) => one.part === part);
  if (all.length === 0) return '';
  const shown = all.slice(0, partsMax);
  const [first, other] = report.sides;
  const rows = shown.map(({ value, accounts, blocked, wronged, genuine }) => [
    partName(part, value),
    count(accounts),
    `${count(blocked[0])} → ${count(blocked[1])}`,
    genuine === 0 ? '–' : `${count(wronged[0])} → ${count(wronged[1])} of ${count(genuine)}`,
    genuine === 0 ? '–' : `${share(wronged[0] / genuine)} → ${share(wronged[1] / genuine)}`,
  ]);
  const more =
    all.length > shown.length ? `<p class="soft">and ${all.length - shown.length} more in the JSON.</p>` : '';
  const plot =
    part === 'segment'
      ? ''
      : stackedBars(
          `Accounts that change from not blocked to blocked, and back, in the end`,
          [
            { name: `blocked by both`, color: '#9aa7b4' },
            { name: `only by ${first.name}`, color: '#2f6690' },
            { name: `only by ${other.name}`, color: '#b5483f' },
          ],
          shown.map(({ value, blocked, onlyFirst, onlyOther }) => ({
            label: partName(part, value),
            values: [blocked[0] - onlyFirst, onlyFirst, onlyOther],
          })),
          false,
        );
  return `<h3>${partTitles[part]}</h3>${plot}${tableOf(['', 'accounts', 'blocked', 'genuine blocked', 'of genuine'], rows)}${more}`;
}

function changed({ changed: all }: ComparisonReport): string {
  if (all.length === 0) return '<p>None.</p>';
  const rows = all
    .slice(0, changedMax)
    .map(({ accountId, from, to, reasonsFrom, reasonsTo, label, segment }) => [
      accountId,
      `${from} → ${to}`,
      reasonsFrom.join(', ') || '–',
      reasonsTo.join(', ') || '–',
      segment === '' ? (label ?? 'not known') : `${label ?? ''} (${segment})`,
    ]);
  const more =
    all.length > changedMax ? `<p class="soft">and ${count(all.length - changedMax)} more in the JSON.</p>` : '';
  return `${tableOf(['account', 'strongest action', 'reasons before', 'reasons after', 'known to be'], rows, [1, 2, 3, 4])}${more}`;
}
