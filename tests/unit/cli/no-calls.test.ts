import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamText } from './winnow.ts';

/**
 * Commands that load a model, without `CI`, which once hid that the library behind them kept a device id in the home folder. That
 * nothing connects anywhere either is for `tests/integration/processor/no-calls.test.ts`.
 */
const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const pathOf = temporaryFolder();
beforeAll(() => writeFileSync(pathOf('events.ndjson'), streamText));

it.each([
  ['replay', 'decisions.ndjson'],
  ['features', 'matrix.csv'],
])('winnow %s leaves no file in its home', (command, out) => {
  const home = pathOf(`home-${command}`);
  mkdirSync(home);
  const { status } = spawnSync(process.execPath, [main, command, pathOf('events.ndjson'), '--out', pathOf(out)], {
    env: { HOME: home },
  });
  expect(status).toBe(0);
  expect(readdirSync(home, { recursive: true })).toEqual([]);
});
