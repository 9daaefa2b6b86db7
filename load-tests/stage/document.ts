import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatNumber } from '../table.ts';
import { limitsOf, scenarios } from './all-scenarios.ts';
import { keptFolder, type ScenarioResult } from './result.ts';

/** The scenarios, as Markdown: what each asks and what must hold. */
export function questionsTable(): string {
  const rows = scenarios.map((scenario) => {
    const { name, question, setup } = scenario;
    const { store, members, partitions, rate } = setup;
    const load = 'ofKnee' in rate ? `${rate.ofKnee} of the knee` : `from ${formatNumber(rate.perSecond)} a second`;
    const parts = `${members === 1 ? 'one member' : `${members} members`}, ${store}, ${partitions} partitions, ${load}`;
    const limits = limitsOf(scenario).map(({ says }) => says);
    return `| \`${name}\` | ${question} | ${parts} | ${limits.join('; ')} |`;
  });
  return ['| scenario | question | setting | limits |', '|---|---|---|---|', ...rows].join('\n');
}

/** The results that are kept, as Markdown: what came out, beside the echo, and what limited it. */
export function resultsTable(results: readonly ScenarioResult[]): string {
  const ordered = scenarios.flatMap(({ name }) => results.filter(({ scenario }) => scenario === name));
  const rows = ordered.map((result) => {
    const { scenario, form, environment, outcome, verdicts, limitedBy } = result;
    const { delayMs, recoverySeconds, fates, rate, kneeRate } = outcome;
    const p99 = (who: 'winnow' | 'echo'): string => milliseconds(delayMs.disturbed[who]?.p99);
    const broken = verdicts.filter(({ holds }) => !holds).map(({ limit, measured }) => `**${limit}: ${measured}**`);
    const undecided = verdicts
      .filter(({ isUndecided }) => isUndecided === true)
      .map(({ measured }) => `undecided: ${measured.replace(/: undecided$/, '')}`);
    const cells = [
      `\`${scenario}\``,
      `${form}, ${environment.date.slice(0, 10)}`,
      `${formatNumber(rate)}${kneeRate === null ? '' : ` of ${formatNumber(kneeRate)}`}`,
      formatNumber(fates.winnow.sent),
      `${fates.winnow.lost} / ${fates.winnow.repeated}`,
      `${p99('winnow')} (${p99('echo')})`,
      `${seconds(recoverySeconds.winnow)} (${seconds(recoverySeconds.echo)})`,
      Object.entries(outcome.figures)
        .map(
          ([name, value]) => `${name} ${value === null ? '-' : formatNumber(value, Number.isInteger(value) ? 0 : 1)}`,
        )
        .join(', '),
      [...(broken.length === 0 ? ['hold'] : broken), ...undecided].join('; '),
      limitedBy,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const header = [
    'scenario',
    'form, day',
    'events/s, of the knee',
    'events',
    'lost / repeated',
    'p99 (echo), ms',
    'lag gone after (echo), s',
    'its own figures',
    'limits',
    'limited by',
  ];
  return [`| ${header.join(' | ')} |`, `|${'---|'.repeat(header.length)}`, ...rows].join('\n');
}

/** What is kept in `load-tests/results/scenarios/`. */
export function keptResults(): readonly ScenarioResult[] {
  return readdirSync(keptFolder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(keptFolder, name), 'utf8')) as ScenarioResult);
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : formatNumber(Math.round(value));
}

function seconds(value: number | null): string {
  return value === null ? 'not' : formatNumber(value, 1);
}
