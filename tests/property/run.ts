import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * `npm run test:property -- --times 100`: tries each property so many times as often as `npm test` does, in every test that needs no server,
 * or in the files that are named behind it. Inputs that come once in ten thousand fail a run of the whole now and then, of whoever has
 * changed nothing near them; here they are found by who wrote them.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders = ['property', 'unit', 'contract', 'pipeline'];

const { values, positionals } = parseArgs({
  options: { times: { type: 'string', default: '30' } },
  allowPositionals: true,
});
// A misspelt number would try nothing, which finds nothing.
if (!/^[1-9]\d{0,5}$/.test(values.times)) throw new Error(`--times takes a whole number, not "${values.times}".`);

const files = positionals.length > 0 ? positionals : filesWithProperties();
const run = spawnSync('vitest', ['run', '--testTimeout', '0', '--hookTimeout', '0', ...files], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, WINNOW_TEST_TIMES: values.times },
});
if (run.error !== undefined) throw run.error;
process.exitCode = run.status ?? 1;

/** Test files that try a property themselves, or by a suite that they share with others. */
function filesWithProperties(): readonly string[] {
  const texts = new Map(
    folders
      .flatMap((folder) =>
        readdirSync(join(root, 'tests', folder), { recursive: true, encoding: 'utf8' }).map((name) =>
          join('tests', folder, name),
        ),
      )
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
  const own = [...texts].filter(([, text]) => text.includes('fc.assert(')).map(([path]) => path);
  const suites = own.filter((path) => !path.endsWith('.test.ts')).map((path) => `/${basename(path)}'`);
  const shared = [...texts].filter(([, text]) => suites.some((suite) => text.includes(suite))).map(([path]) => path);
  return [...new Set([...own, ...shared])].filter((path) => path.endsWith('.test.ts'));
}
