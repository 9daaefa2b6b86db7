import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * `npm run simulation -- --seeds 100000`, `--seeds 3000 --from 20000` for others, or `--seed 92` for one again: says to vitest what tests/simulation/README.md tells of.
 * Vitest, because what is put in the place of time and chance is put there by it.
 */
const { values } = parseArgs({
  options: { seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' } },
});

const run = spawnSync('vitest', ['run', '--project', 'simulation', '--testTimeout', '0', 'tests/simulation/seeds'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  stdio: 'inherit',
  env: {
    ...process.env,
    ...(values.seeds === undefined ? {} : { WINNOW_TEST_SEEDS: wholeNumber('seeds', values.seeds) }),
    ...(values.from === undefined ? {} : { WINNOW_TEST_SEEDS_FROM: wholeNumber('from', values.from) }),
    ...(values.seed === undefined ? {} : { WINNOW_TEST_SEED: wholeNumber('seed', values.seed) }),
  },
});
if (run.error !== undefined) throw run.error;
process.exitCode = run.status ?? 1;

/** A misspelt number would make a run over no seed at all, which finds nothing. */
function wholeNumber(name: string, text: string): string {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number, not "${text}".`);
  return text;
}
