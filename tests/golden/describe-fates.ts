import { actions, strongest, type Action, type Decision } from '../../src/domain/decision.ts';
import type { Label } from '../../src/adapters/file/labels.ts';
import type { GoldenFate } from './replay.ts';

/** The decisions as a person reads them, a line each, and the difference between two such texts. */

const reasonsShown = 3;
const nameWidth = 30;

/** A table of who got what first, then a line a record. Nothing in it depends on the day, or on ids of models and policies. */
export function describeFates(fates: readonly GoldenFate[], segments: ReadonlyMap<string, Label>): string {
  return [...describeSegments(fates, segments), '', ...fates.map(describeFate), ''].join('\n');
}

/** Accounts by segment, counted by the strongest action that each had. */
function describeSegments(fates: readonly GoldenFate[], segments: ReadonlyMap<string, Label>): readonly string[] {
  const strongestOf = new Map<string, Action>();
  for (const { decision } of fates) {
    if (decision === undefined) continue;
    strongestOf.set(decision.subject, strongest(decision.action, strongestOf.get(decision.subject) ?? 'allow'));
  }
  const counts = new Map<string, Record<Action, number>>();
  for (const [account, action] of strongestOf) {
    const segment = segments.get(account)?.segment.replace(/(?<=^campaign:.*):\d+$/, '') ?? 'odd-inputs';
    const row = counts.get(segment) ?? { allow: 0, challenge: 0, review: 0, block: 0 };
    row[action]++;
    counts.set(segment, row);
  }
  const rows = [...counts].toSorted(([first], [second]) => (first < second ? -1 : 1));
  return rows.map(([segment, row]) => {
    const cells = actions.map((action) => `${action} ${String(row[action]).padStart(3)}`).join('  ');
    return `accounts:${segment}`.padEnd(44) + cells;
  });
}

function describeFate({ name, decision, deadLetter }: GoldenFate): string {
  const start = `${name.padEnd(nameWidth)} `;
  if (deadLetter !== undefined) return `${start}dead letter ${deadLetter.code} ${deadLetter.path}`;
  return start + (decision === undefined ? 'silence' : describeDecision(decision));
}

function describeDecision({ subject, action, score, rules, reasons, degraded }: Decision): string {
  return [
    subject.padEnd(nameWidth),
    ` ${action.padEnd(9)} ${score === null ? 'none  ' : score.toFixed(4)}`,
    listed(
      'rules',
      rules.map(({ id }) => id),
    ),
    listed(
      'reasons',
      reasons.slice(0, reasonsShown).map(({ code }) => code),
    ),
    listed('degraded', degraded),
  ]
    .join('')
    .trimEnd();
}

function listed(member: string, values: readonly string[]): string {
  return values.length === 0 ? '' : `  ${member} ${values.join(' ')}`;
}

/**
 * What differs between two texts of `describeFates`: who got what, then the lines that begin alike and go on otherwise, those with
 * another action first, `linesMax` at most. Empty when nothing differs.
 */
export function describeDifference(former: string, current: string, linesMax = 30): readonly string[] {
  const [before, after] = [linesByName(former), linesByName(current)];
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  if (names.length === 0) return [];
  const kindOf = (name: string): number => {
    if (name.startsWith('accounts:')) return 0;
    return outcomeOf(before.get(name)) === outcomeOf(after.get(name)) ? 2 : 1;
  };
  const ordered = names.toSorted((first, second) => kindOf(first) - kindOf(second));
  const count = (kind: number): number => names.filter((name) => kindOf(name) === kind).length;
  const lines = ordered.flatMap((name) => [
    ...(before.has(name) ? [`- ${before.get(name)}`] : []),
    ...(after.has(name) ? [`+ ${after.get(name)}`] : []),
  ]);
  return [
    `${count(1)} records have another fate; ${count(2)} the same with another score, rule or reason.`,
    ...lines.slice(0, linesMax),
    ...(lines.length > linesMax ? [`… and ${lines.length - linesMax} more lines.`] : []),
  ];
}

/** A line without its score and what comes after. */
function outcomeOf(line = ''): string {
  return /^\S+ +(.*?) (?:\d\.\d{4}|none )/.exec(line)?.[1] ?? line;
}

function linesByName(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line]));
}
