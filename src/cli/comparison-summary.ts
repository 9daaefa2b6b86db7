import { actions } from '../domain/decision.ts';
import type { ComparisonReport, PartFigures, SideFigures } from '../evaluation/compare/compare.ts';
import type { GateVerdict } from '../evaluation/compare/gate.ts';
import { count, duration, estimate, share } from '../evaluation/page/say.ts';
import { table } from './style.ts';

/** Rows of each kind of part, and accounts, that are shown; all are in the JSON. */
const partsMax = 6;
const changedMax = 12;

/** What a comparison came to, for a person. */
export function describeComparison(report: ComparisonReport): string {
  const [first, other] = report.sides;
  return [
    `${count(report.accounts)} accounts of ${report.days.toFixed(1)} days, ${count(report.labelled)} of them labelled${report.areLabelsRandom ? '' : ' and not by a draw'}; labels in the stream ${report.areLabelsHeldOut ? 'kept out' : 'seen by both'}\n  first  ${first.name}\n  other  ${other.name}\n${report.sides.map(uncalibrated).join('')}`,
    `Accounts by the strongest action ever: first down, other across\n${table([['', ...actions], ...actions.map((action, row) => [action, ...report.agreement[row]!.map(count)])])}`,
    `By account\n${table([['', 'blocked ever', 'in the end', 'lifted', 'genuine blocked', 'precision', 'recall'], ...report.sides.map((side, index) => sideRow(side, index))])}`,
    ...report.sides.map((side, index) => rules(side, index === 0 ? 'first' : 'other')),
    `Blocked in the end\n${table([['', 'accounts', 'first', 'other', 'genuine: first', 'other', 'of'], ...partRows(report.parts)])}`,
    `Accounts that change: ${count(report.changed.length)}\n${report.changed.length === 0 ? '' : table(report.changed.slice(0, changedMax).map((one) => [one.accountId, `${one.from} -> ${one.to}`, one.reasonsFrom[0] ?? '-', one.reasonsTo[0] ?? '-', one.label ?? '-']))}`,
    `Gate\n${[gateLine('the other', report.gate), ...report.ruleGates.map(({ id, verdict }) => gateLine(id, verdict))].join('')}`,
  ].join('\n');
}

/** What stands in the way of every block of the score, before a figure is read that is small for that. */
function uncalibrated({ uncalibrated: held }: SideFigures, index: number): string {
  if (held === 0) return '';
  const side = index === 0 ? 'first' : 'other';
  const norms = index === 0 ? '--norms' : '--norms or --with-norms';
  return `  ${side}  is uncalibrated: its score would block ${count(held)} accounts, and blocks none without norms of its model (winnow calibrate, ${norms})\n`;
}

function sideRow({ reached, ends, lifted, wronged, precision, recall }: SideFigures, index: number): string[] {
  return [
    index === 0 ? 'first' : 'other',
    count(reached.block),
    count(ends.block),
    count(lifted),
    `${count(wronged.ever)}, in the end ${count(wronged.ends)}`,
    estimate(precision),
    estimate(recall),
  ];
}

function rules({ rules: all }: SideFigures, name: string): string {
  const header = [
    '',
    'fires',
    'unique',
    'added blocks',
    'genuine',
    'precision',
    'recall',
    'only it',
    'lead',
    'us',
    'with',
  ];
  const rows = all.map((rule) => [
    `${rule.id}${rule.isShadow ? ' (shadow)' : ''}`,
    count(rule.fires),
    count(rule.unique),
    count(rule.addedBlocks),
    count(rule.conflicts),
    rule.fires === 0 ? 'never fired' : estimate(rule.precision),
    share(rule.recall),
    share(rule.onlyIt),
    duration(rule.leadMs),
    Number.isNaN(rule.costUs) ? '-' : rule.costUs.toFixed(2),
    rule.overlaps[0] === undefined ? '-' : `${rule.overlaps[0].with} ${share(rule.overlaps[0].share)}`,
  ]);
  return `Rules of the ${name}, by account\n${table([header, ...rows])}`;
}

function partRows(parts: readonly PartFigures[]): string[][] {
  return [...Map.groupBy(parts, ({ part }) => part)].flatMap(([part, all]) =>
    all
      .slice(0, partsMax)
      .map(({ value, accounts, blocked, wronged, genuine }) => [
        `${part} ${value}`,
        ...[accounts, ...blocked, ...wronged, genuine].map(count),
      ]),
  );
}

function gateLine(subject: string, { mayAct, missing }: GateVerdict): string {
  return `  ${subject}: ${mayAct ? 'may act' : `not yet: ${missing.join('; ')}`}\n`;
}
