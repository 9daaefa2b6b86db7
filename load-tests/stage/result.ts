import { fileURLToPath } from 'node:url';
import type { Both, Delays, Outcome } from '../judge/outcome.ts';
import type { LoadEnvironment } from '../load/environment.ts';
import { formatNumber, formatTable } from '../table.ts';
import { limitsOf } from './all-scenarios.ts';
import type { Form, Verdict } from '../judge/limits.ts';
import type { Scenario } from './scenario.ts';

/** What one play of a scenario leaves: enough to judge it again, and to repeat it. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly form: Form;
  readonly environment: LoadEnvironment;
  readonly outcome: Outcome;
  readonly verdicts: readonly (Verdict & { readonly limit: string })[];
  readonly limitedBy: string;
}

export const resultsFolder = fileURLToPath(new URL('../results/', import.meta.url));
/** Where git keeps them, a file a scenario. */
export const keptFolder = fileURLToPath(new URL('../results/scenarios/', import.meta.url));

/** A machine that is this busy is the limit, whatever else is. */
const busyShareMin = 0.9;

export function judge(scenario: Scenario, form: Form, environment: LoadEnvironment, outcome: Outcome): ScenarioResult {
  const verdicts = limitsOf(scenario, form).map((limit) => ({ limit: limit.says, ...limit.judge(outcome) }));
  return { scenario: scenario.name, form, environment, outcome, verdicts, limitedBy: limitOf(scenario, outcome) };
}

/** What the answer was limited by: the machine, where it had no core to spare, and else what the scenario knows. */
export function limitOf({ boundBy }: Pick<Scenario, 'boundBy'>, { busy }: Pick<Outcome, 'busy'>): string {
  const { cores, members, echo, harness, rest } = busy;
  if (members === null || echo === null || harness === null || rest === null) return boundBy;
  const all = members + echo + harness + rest;
  if (all < busyShareMin * cores) return boundBy;
  const parts = Object.entries({ members, echo, 'generator and readers': harness, 'broker, store and others': rest });
  const shares = parts.map(([name, part]) => `${name} ${part.toFixed(1)}`).join(', ');
  return `the machine: ${all.toFixed(1)} of ${cores} cores busy (${shares}); with cores to spare: ${boundBy}`;
}

/** For people. */
export function formatResult({ scenario, form, outcome, verdicts, limitedBy, environment }: ScenarioResult): string {
  const { fates, delayMs, recoverySeconds, rate, kneeRate, figures, members, store, partitions } = outcome;
  const both = (what: keyof Outcome['delayMs']): string[] => delayRow(what, delayMs[what]);
  const knee = kneeRate === null ? '' : `, lag grows above ${formatNumber(kneeRate)}`;
  return [
    '',
    `${scenario} (${form}): ${formatNumber(rate)} events a second${knee}; ${members} member(s), ${store}, ${partitions} partitions.`,
    '',
    ...formatTable([
      ['delay, ms', 'p50', 'p99', 'max', 'echo p50', 'p99', 'max'],
      both('calm'),
      both('disturbed'),
      both('after'),
    ]),
    '',
    `Sent ${formatNumber(fates.winnow.sent)}; lag gone after ${recoverySeconds.winnow ?? '-'} s (echo ${recoverySeconds.echo ?? '-'} s).`,
    ...Object.entries(figures).map(([name, value]) => `${name}: ${value ?? 'unknown'}`),
    `Limited by ${limitedBy}.`,
    ...verdicts.map((verdict) => `${wordOf(verdict)}  ${verdict.limit} (${verdict.measured})`),
    `${environment.date}, ${environment.cpus} x ${environment.cpu}, load average ${environment.loadAverageBefore} before.`,
    '',
  ].join('\n');
}

/** Words of one width. */
function wordOf({ holds, isUndecided }: Verdict): string {
  if (!holds) return 'BROKEN   ';
  return isUndecided === true ? 'undecided' : 'holds    ';
}

function delayRow(name: string, { winnow, echo }: Both<Delays | null>): string[] {
  return [
    name,
    ...[winnow, echo].flatMap((delays) => [delays?.p50, delays?.p99, delays?.max].map((ms) => ms?.toFixed(0) ?? '-')),
  ];
}
