import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { streamText, winnow } from '../unit/cli/winnow.ts';

/**
 * The packed product once could not start anywhere: its command pointed at TypeScript, and what it was built to needed a Node that it
 * did not name. So it is packed, installed in a folder that knows nothing of this one, and used.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const pathOf = temporaryFolder();
const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) };

function run(folder: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

it('the packed product installs elsewhere and decides as the checkout does', () => {
  run(root, 'npm', 'run', '--silent', 'build');
  const packed = run(root, 'npm', 'pack', '--silent', '--pack-destination', pathOf('.')).trim();
  const elsewhere = pathOf('elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'package.json'), '{ "private": true }');
  run(elsewhere, 'npm', 'install', '--silent', '--ignore-scripts', '--prefer-offline', pathOf(packed));

  writeFileSync(join(elsewhere, 'events.ndjson'), streamText);
  // Every decision, so that scores are compared, too.
  const options = ['--emit', 'all', '--out'];
  run(elsewhere, 'npx', '--no-install', 'winnow', 'replay', 'events.ndjson', ...options, 'decisions.ndjson');
  const here = ['replay', join(elsewhere, 'events.ndjson'), ...options, pathOf('here.ndjson')].join(' ');
  expect(winnow(here).status).toBe(0);
  const decisions = readFileSync(join(elsewhere, 'decisions.ndjson'), 'utf8');
  expect(decisions.split('\n').length).toBeGreaterThan(300);
  expect(decisions).toBe(readFileSync(pathOf('here.ndjson'), 'utf8'));
}, 300_000);
