import { parseArgs } from 'node:util';
import { kneeFinder, scenarios } from './all-scenarios.ts';
import type { Form } from '../judge/limits.ts';
import type { Rates, Scenario } from './scenario.ts';
import { UsageError } from '../load/options.ts';

export interface ScenarioOptions extends Rates {
  /** In the order in which they are played; the one that finds the knee among them where the others need it. */
  readonly scenarios: readonly Scenario[];
  readonly form: Form;
  readonly seed: number;
  /** Results are kept with the project: `load-tests/results/scenarios/`. */
  readonly keep: boolean;
  /** Folder for results that are not kept; null for `load-tests/results/`. */
  readonly out: string | null;
  readonly json: boolean;
}

export const usage = `Plays scenarios on Winnow, a real Kafka and a real Valkey, beside a bare kafkajs echo that reads the same events.

  npm run scenarios -- steady burst         these two, after a ramp that finds the rate to choose theirs from
  npm run scenarios -- --all --short        all of them, to be looked at: some half an hour
  npm run scenarios -- soak                 an hour; with --short, ten minutes
  npm run scenarios -- rebalance --rate 2000  at two thousand events a second, whatever the knee is

  --all        all of them
  --short      takes less time, and is less sure
  --brief      a few seconds: that they work; what is timed is not judged
  --knee N     events per second at which lag grows, if you know it; else a ramp goes first and finds it
  --rate N     events per second, and not a part of the knee
  --seed N     of the simulated events (1)
  --keep       write results to load-tests/results/scenarios/, where git keeps them; then npm run generate
  --out FOLDER write results there, not to load-tests/results/
  --json       print results as JSON

Exit code: 0 when all limits hold, 1 when one is broken or a run failed, 2 when the command line was wrong.

${scenarios.map(({ name, question }) => `  ${name.padEnd(16)} ${question}`).join('\n')}
`;

/** Throws `UsageError`. */
export function parseScenarioOptions(args: readonly string[]): ScenarioOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  if (values.short && values.brief) throw new UsageError('--short and --brief: leave one of them out.');
  const kneeRate = values.knee === undefined ? null : positive('knee', values.knee);
  const rate = values.rate === undefined ? null : positive('rate', values.rate);
  if (rate !== null && kneeRate !== null) throw new UsageError('--rate and --knee: leave one of them out.');
  const named = values.all ? scenarios : positionals.map(scenarioOf);
  if (named.length === 0) throw new UsageError('Name a scenario, or give --all.');
  const needsKnee = kneeRate === null && rate === null && named.some(({ setup }) => 'ofKnee' in setup.rate);
  return {
    scenarios: needsKnee ? [kneeFinder, ...named.filter((one) => one !== kneeFinder)] : [...new Set(named)],
    form: values.brief ? 'brief' : values.short ? 'short' : 'full',
    kneeRate,
    rate,
    seed: values.seed === undefined ? 1 : positive('seed', values.seed),
    keep: values.keep,
    out: values.out ?? null,
    json: values.json,
  };
}

function scenarioOf(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`There is no scenario ${name}. There are: ${scenarios.map((one) => one.name).join(', ')}.`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`--${name} is a whole number above 0, not ${text}.`);
  return value;
}

function parse(args: readonly string[]) {
  const yes = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        all: yes,
        short: yes,
        brief: yes,
        keep: yes,
        json: yes,
        help: yes,
        knee: text,
        rate: text,
        seed: text,
        out: text,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
