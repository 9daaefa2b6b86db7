import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { loadConfig } from '../../../src/config/load.ts';
import { requiredToRun } from '../../../src/config/schema.ts';

const text = readFileSync(new URL('../../../src/config/example.yaml', import.meta.url), 'utf8');
const secrets = { WINNOW_KAFKA_SASL_PASSWORD: 'word', WINNOW_STATE_KEY_SECRET: '0f'.repeat(16) };

function faultsOf(yaml: string, environment: Record<string, string> = secrets): readonly unknown[] {
  const file = { name: 'example.yaml', text: yaml };
  const loaded = loadConfig({ file, environment, readSecretFile: () => '', required: requiredToRun });
  return loaded.ok ? [] : loaded.failure;
}

it('example.yaml needs two secrets and nothing else to run', () => {
  expect(faultsOf(text)).toEqual([]);
});

it('example.yaml stays valid with the settings that are commented out', () => {
  const uncommented = text.replace(/^( *)# (?=[a-zA-Z]+:( \S*)?$)/gm, '$1').replace(/^# {3}(?=file:)/m, '  ');
  expect(uncommented).toContain('\npolicy:\n  file: /etc/winnow/policy.yaml\n');
  expect(uncommented).toContain('\n    caFile: /etc/winnow/ca.pem\n');
  expect(faultsOf(uncommented)).toEqual([]);
});

it('example.yaml stays valid when the section of Valkey is taken', () => {
  const section = /^# valkey:\n(# {3}.*\n)+/m.exec(text)?.[0];
  const taken = text
    .replace(section!, section!.replaceAll(/^# /gm, ''))
    .replace('  store: embedded\n', '  store: valkey\n');
  expect(taken).toContain('\nvalkey:\n  nodes: [valkey-1');
  expect(faultsOf(taken, { ...secrets, WINNOW_VALKEY_PASSWORD: 'word' })).toEqual([]);
});
