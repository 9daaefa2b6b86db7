import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { loadConfigOf } from '../../../src/cli/load-config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'winnow-load-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('loadConfigOf', () => {
  it('reads the file, and the secret from the file that a variable names', () => {
    const file = write('good.yaml', '\u{FEFF}kafka: { brokers: [a:1] }');
    const environment = { WINNOW_STATE_KEY_SECRET_FILE: write('key', `${'0f'.repeat(16)}\n`) };
    const config = loadConfigOf(file, environment, ['kafka.brokers', 'state.keySecret']);
    expect(config.kafka.brokers).toEqual(['a:1']);
    expect(config.state.keySecret?.reveal()).toBe('0f'.repeat(16));
  });

  it.each([[undefined], ['']])('does without a file when its path is %j', (path) => {
    expect(loadConfigOf(path, {}, []).kafka.brokers).toEqual([]);
  });

  it('tells every fault on a line of its own', () => {
    const file = write('bad.yaml', 'log: { level: loud }\nhttp: { port: x }');
    expect(() => loadConfigOf(file, {}, [])).toThrow(
      /^CONFIG_INVALID: 2 faults in the configuration\.\n {2}.*bad\.yaml:2:9\): .*\n {2}.*bad\.yaml:1:8\): .*\n$/,
    );
  });

  it.each([
    ['is not there', (): string => join(folder, 'absent.yaml'), 'ENOENT'],
    ['is a folder', (): string => folder, 'EISDIR'],
    [
      'is not UTF-8',
      (): string => write('latin.yaml', Uint8Array.of(0x61, 0x3a, 0x20, 0xe4)),
      'encoded data was not valid',
    ],
    ['is too large', (): string => write('large.yaml', '#'.repeat(256 * 1024 + 1)), 'more than 262144 bytes'],
  ])('refuses a file that %s', (_, pathOf, reason) => {
    const path = pathOf();
    expect(() => loadConfigOf(path, {}, [])).toThrow(
      expect.objectContaining({
        failure: { code: 'CONFIG_UNREADABLE', path, message: expect.stringContaining(reason) as string },
      }),
    );
  });

  it('takes a file of exactly the largest size', () => {
    expect(loadConfigOf(write('full.yaml', '#'.repeat(256 * 1024)), {}, []).log.level).toBe('info');
  });
});
