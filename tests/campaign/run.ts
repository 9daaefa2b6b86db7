import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * `npm run campaign`: says to vitest what README.md tells of. Vitest, because members, scenes and servers are those of the integration
 * tests.
 */

const text = { type: 'string' } as const;
const yes = { type: 'boolean' } as const;
const { values } = parseArgs({
  options: {
    seed: text,
    rounds: text,
    minutes: text,
    faults: text,
    without: text,
    kafka: text,
    store: text,
    processors: text,
    partitions: text,
    access: text,
    kept: yes,
    record: yes,
    table: yes,
  },
});

/** More than any number of minutes has room for. */
const timedRounds = '1000';

const { kafka, store, access, minutes, kept, record, table } = values;
const topology = {
  ...(kafka === undefined ? {} : { kafka }),
  ...(store === undefined ? {} : { store }),
  ...(access === undefined ? {} : { access }),
  ...(values.processors === undefined ? {} : { processors: wholeNumber('processors', values.processors) }),
  ...(values.partitions === undefined ? {} : { partitions: wholeNumber('partitions', values.partitions) }),
};
const asked: Readonly<Record<string, string | undefined>> = {
  SEED: String(values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('seed', values.seed)),
  ROUNDS: String(wholeNumber('rounds', values.rounds ?? (minutes === undefined ? '10' : timedRounds))),
  MINUTES: minutes === undefined ? undefined : String(wholeNumber('minutes', minutes)),
  FAULTS: values.faults,
  WITHOUT: values.without,
  TOPOLOGY: JSON.stringify(topology),
  KEPT: kept === true ? 'yes' : undefined,
  RECORD: record === true ? 'yes' : undefined,
};

if (table !== true) vitest(['--project', 'campaign'], asked);
if (table === true || record === true) vitest(['tests/architecture/campaign-table.test.ts'], { TABLE: 'write' });

function vitest(args: readonly string[], variables: Readonly<Record<string, string | undefined>>): void {
  const given = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [[`WINNOW_CAMPAIGN_${name}`, value] as const],
  );
  const run = spawnSync('vitest', ['run', ...args], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: 'inherit',
    env: { ...process.env, ...Object.fromEntries(given) },
  });
  if (run.error !== undefined) throw run.error;
  if (run.status !== 0) process.exitCode = run.status ?? 1;
}

/** A misspelt number would make another campaign than was asked for. */
function wholeNumber(name: string, given: string): number {
  if (!/^\d{1,10}$/.test(given)) throw new Error(`--${name} takes a whole number, not "${given}".`);
  return Number(given);
}
