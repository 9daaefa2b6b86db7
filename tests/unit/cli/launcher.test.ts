import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../../../bin/winnow.js', import.meta.url));

it('the command of the package runs the program', () => {
  const { status, stdout } = spawnSync(process.execPath, [launcher, '--help'], { env: {}, encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toContain('check-config');
});

it.each(['18.20.0', '20.20.2', '22.12.0'])('on Node %s it says which one it needs, and nothing else', (version) => {
  const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(older)}`, launcher, 'replay'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env: {}, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`Winnow needs Node 24 or newer, and this is ${version}.`);
});
