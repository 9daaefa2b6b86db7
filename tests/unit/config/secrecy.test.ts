import { inspect } from 'node:util';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { describeConfig } from '../../../src/config/describe.ts';
import { removeSecrets } from '../../../src/config/environment.ts';
import { describeFault } from '../../../src/config/fault.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { ConfigSources } from '../../../src/config/load.ts';
import { settings } from '../../../src/config/settings.ts';

/** Everything that a program could print after loading. */
function outputs(sources: Partial<ConfigSources>): { ok: boolean; text: string } {
  const loaded = loadConfig({ environment: {}, readSecretFile: () => '', ...sources });
  const printed = [inspect(loaded, { depth: null, showHidden: true }), JSON.stringify(loaded)];
  if (loaded.ok) return { ok: true, text: [...printed, describeConfig(loaded.value)].join('\n') };
  return { ok: false, text: [...printed, ...loaded.failure.map(describeFault)].join('\n') };
}

/** Long enough never to be in a message by chance; the signs are those that mean something in YAML. */
const secretText = fc
  .tuple(fc.stringMatching(/^[ -~]{0,3}$/), fc.stringMatching(/^[0-9A-Za-z*&!%@`"'#:{}[\],|>\\-]{14,30}$/))
  .map((parts) => parts.join(''));
const hexKey = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const secretSettings = fc.constantFrom(...settings.filter(({ notes }) => notes.kind === 'secret'));

const complete = {
  WINNOW_KAFKA_TLS_ENABLED: 'true',
  WINNOW_KAFKA_TLS_CERTIFICATE_FILE: 'certificate.pem',
  WINNOW_KAFKA_TLS_KEY_FILE: 'key.pem',
  WINNOW_KAFKA_SASL_MECHANISM: 'scram-sha-512',
  WINNOW_KAFKA_SASL_USERNAME: 'winnow',
};

/** YAML that puts `value`, written as it is, at the path. */
function yamlAt(path: string, value: string): string {
  const names = path.split('.');
  return names.map((name, depth) => `${'  '.repeat(depth)}${name}:`).join('\n') + ` ${value}\n`;
}

describe('no secret is ever printed', () => {
  it('when all is well', () => {
    fc.assert(
      fc.property(secretText, secretText, hexKey, (password, passphrase, key) => {
        const { ok, text } = outputs({
          file: { name: 'f', text: yamlAt('kafka.tls.keyPassphrase', JSON.stringify(passphrase)) },
          environment: { ...complete, WINNOW_KAFKA_SASL_PASSWORD: password, WINNOW_STATE_KEY_SECRET_FILE: '/key' },
          readSecretFile: () => `${key}\n`,
        });
        expect(ok).toBe(true);
        expect(text).toContain('[redacted]');
        for (const secret of [password, passphrase, key]) expect(text.includes(secret)).toBe(false);
      }),
    );
  });

  it('when it stands in the file, well-formed or not', () => {
    fc.assert(
      fc.property(secretSettings, secretText, fc.boolean(), ({ path }, secret, quoted) => {
        const file = { name: 'f', text: yamlAt(path, quoted ? JSON.stringify([secret]) : secret) };
        expect(outputs({ file, environment: { WINNOW_LOG_LEVEL: 'loud' } }).text).not.toContain(secret.trim());
      }),
    );
  });

  it.each('*&!%@`"\'#:{}[],|>?-\\'.split(''))(
    'when it begins with %s and stands in the file without quotes',
    (sign) => {
      const text = yamlAt('kafka.sasl.password', `${sign}hunter2 hunter2`);
      expect(outputs({ file: { name: 'f', text } }).text).not.toContain('hunter2');
    },
  );

  it('when it was put in the place of another setting and is refused there', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settings), secretText, fc.boolean(), ({ path, variable }, secret, inFile) => {
        const place = inFile
          ? { file: { name: 'f', text: yamlAt(path, JSON.stringify(secret)) } }
          : { environment: { [variable]: secret } };
        const printed = outputs(place);
        fc.pre(!printed.ok);
        expect(printed.text).not.toContain(secret);
      }),
    );
  });

  it('when it is the value of a misspelt name, or was given instead of a path', () => {
    fc.assert(
      fc.property(secretSettings, secretText, ({ path, variable }, secret) => {
        const { ok, text } = outputs({
          file: { name: 'f', text: yamlAt(`${path}x`, JSON.stringify(secret)) },
          environment: { [`${variable}_FILE`]: secret, [`${variable}X`]: secret },
          readSecretFile: (given) => {
            throw Object.assign(new Error(`ENOENT: no such file, open '${given}'`), { code: 'ENOENT' });
          },
        });
        expect(ok).toBe(false);
        expect(text).not.toContain(secret);
      }),
    );
  });
});

describe('an environment after its secrets were read', () => {
  it('has none of them, and everything else', () => {
    const secrets = settings.filter(({ notes }) => notes.kind === 'secret').map(({ variable }) => [variable, 'word']);
    expect(secrets.length).toBeGreaterThan(3);
    const others = { ...complete, PATH: '/bin', WINNOW_STATE_KEY_SECRET_FILE: '/run/secrets/key' };
    const environment: Record<string, string | undefined> = { ...others, ...Object.fromEntries(secrets) };
    removeSecrets(environment);
    expect(environment).toEqual(others);
  });
});
