import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isCertificateError, tlsOptions } from '../../../src/net/tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'winnow-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'some.pem');
writeFileSync(file, 'PEM');
const large = join(folder, 'large.log');
writeFileSync(large, Buffer.alloc(1024 * 1024 + 1));

describe('options of TLS', () => {
  it('are what the settings say, files read', () => {
    const settings = {
      enabled: true,
      caFile: file,
      certificateFile: file,
      keyFile: file,
      keyPassphrase: { reveal: () => 'word' },
      serverName: 'a.example.com',
      rejectUnauthorized: true,
    };
    expect(tlsOptions('kafka.tls', settings)).toEqual({
      ca: Buffer.from('PEM'),
      cert: Buffer.from('PEM'),
      key: Buffer.from('PEM'),
      passphrase: 'word',
      servername: 'a.example.com',
      rejectUnauthorized: true,
    });
  });

  it('leave to Node what is not said', () => {
    expect(tlsOptions('valkey.tls', { enabled: true, rejectUnauthorized: true })).toEqual({ rejectUnauthorized: true });
  });

  it.each([
    ['is not there', join(folder, 'absent.pem'), 'ENOENT'],
    ['is a folder', folder, 'EISDIR'],
    // A log that somebody named by mistake, or a device, must not be read until memory ends.
    ['is no key by its size', large, 'more than 1048576 bytes'],
  ])('name the setting of a file that %s', (_, keyFile, reason) => {
    const settings = { enabled: true, rejectUnauthorized: true, keyFile };
    expect(() => tlsOptions('valkey.tls', settings)).toThrow(
      expect.objectContaining({
        failure: {
          code: 'CONFIG_INVALID',
          path: 'valkey.tls.keyFile',
          message: `${keyFile} cannot be read (${reason}).`,
        },
      }),
    );
  });
});

describe('an error about certificates', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', true],
    ['ERR_TLS_CERT_ALTNAME_INVALID', true],
    ['CERT_HAS_EXPIRED', true],
    ['ECONNREFUSED', false],
    ['ETIMEDOUT', false],
    ['', false],
  ])('%s: %s', (code, expected) => {
    expect(isCertificateError(code)).toBe(expected);
  });
});
