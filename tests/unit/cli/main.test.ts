import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { compiled } from './winnow.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const example = fileURLToPath(new URL('../../../src/config/example.yaml', import.meta.url));

const password = 'a-word-nobody-may-see';
const key = '5f0c9a3e7d1b48266c8ea0f2479b13d5';
const secrets = { WINNOW_KAFKA_SASL_PASSWORD: password, WINNOW_STATE_KEY_SECRET: key };

/** The real program, with nothing else of this process's environment. */
function winnow(line: string, env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...line.split(' ').filter(Boolean)], {
    env: { ...compiled, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('winnow', () => {
  it('is an executable for the Node.js of the project', () => {
    accessSync(main, constants.X_OK);
    expect(readFileSync(main, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  });

  it('--help names the commands and every exit code', () => {
    const { status, stdout, stderr } = winnow('--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('check-config');
    for (const { meaning } of Object.values(exitCodes)) expect(stdout).toContain(meaning);
  });

  it('--version is the one of the package', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(winnow('--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it.each([
    ['', 'Usage: winnow'],
    ['chek-config', "error: unknown command 'chek-config'\n(Did you mean check-config?)"],
    ['check-config --bogus', "error: unknown option '--bogus'"],
    ['check-config one', 'error: too many arguments'],
    ['check-config --config', "error: option '--config <file>' argument missing"],
  ])('"%s" is wrong usage: code 2, on stderr', (line, message) => {
    const { status, stdout, stderr } = winnow(line);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('winnow check-config', () => {
  it('--help shows examples', () => {
    expect(winnow('check-config --help').stdout).toContain('Examples:\n  winnow check-config --config winnow.yaml\n');
  });

  it('says that there are no faults', () => {
    expect(winnow(`check-config --config ${example}`, secrets)).toEqual({
      status: 0,
      stdout: 'The configuration has no faults.\n',
      stderr: '',
    });
  });

  it('takes the file from WINNOW_CONFIG', () => {
    expect(winnow('check-config', { ...secrets, WINNOW_CONFIG: example }).status).toBe(0);
  });

  it('--print shows what holds in the end, redacted', () => {
    const { status, stdout, stderr } = winnow(`check-config --config ${example} --print`, {
      ...secrets,
      WINNOW_LOG_LEVEL: 'warn',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('    username: winnow\n    password: "[redacted]"\n');
    expect(stdout).toContain('log:\n  level: warn\n');
    for (const secret of [password, key]) expect(stdout).not.toContain(secret);
  });

  it('tells all faults at once: code 3, on stderr, without secrets', () => {
    const environment = { ...secrets, WINNOW_STATE_KEY_SECRET: `${key}0`, WINNOW_HTTP_PORT: 'x' };
    const { status, stdout, stderr } = winnow(`check-config --config ${example} --print`, environment);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(/^error: CONFIG_INVALID: 2 faults in the configuration\.\n/);
    expect(stderr).toContain('\n  state.keySecret (WINNOW_STATE_KEY_SECRET): must be a text of 32 hex digits');
    expect(stderr).toContain(
      '\n  http.port (WINNOW_HTTP_PORT): must be a whole number from 0 to 65535, but is a text.',
    );
    for (const secret of [password, key]) expect(stderr).not.toContain(secret);
  });

  it('names what is needed to run and missing', () => {
    const { status, stderr } = winnow('check-config');
    expect(status).toBe(3);
    expect(stderr).toContain('\n  kafka.brokers (not set)');
    expect(stderr).toContain('\n  state.keySecret (not set)');
  });

  it('says that the file is not there: code 3', () => {
    expect(winnow('check-config --config /absent.yaml')).toEqual({
      status: 3,
      stdout: '',
      stderr:
        "error: CONFIG_UNREADABLE at /absent.yaml: ENOENT: no such file or directory, open '/absent.yaml'. Check the path and that it is YAML.\n",
    });
  });

  it('--files says which file is not there: the code of what it was for', () => {
    const environment = {
      ...secrets,
      WINNOW_MODEL_DIRECTORY: import.meta.dirname,
      WINNOW_MODEL_DEPLOYMENT_FILE: '/absent',
    };
    expect(winnow(`check-config --config ${example} --files`, environment)).toEqual({
      status: 4,
      stdout: '',
      stderr:
        "error: DEPLOYMENT_INVALID at /absent: ENOENT: no such file or directory, open '/absent'. " +
        'Mend what the message names: in the file, or by another `winnow model deploy`. A processor that runs goes on with the models that it has.\n',
    });
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [main, 'check-config', '--config', example, '--print'], {
      env: { ...compiled, ...secrets },
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
