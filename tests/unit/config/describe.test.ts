import { describe, expect, it } from 'vitest';

import { describeConfig } from '../../../src/config/describe.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { ConfigSources } from '../../../src/config/load.ts';

function describeLoaded(sources: Partial<ConfigSources>): string {
  const loaded = loadConfig({ environment: {}, readSecretFile: () => '', ...sources });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return describeConfig(loaded.value);
}

describe('describeConfig', () => {
  it('shows what is set, what is default, and that a secret is there', () => {
    const text = describeLoaded({
      environment: { WINNOW_KAFKA_BROKERS: 'a:1', WINNOW_STATE_KEY_SECRET: '0f'.repeat(16) },
    });
    expect(text).toContain('kafka:\n  brokers:\n    - a:1\n  clientId: winnow\n');
    expect(text).toContain('  keySecret: "[redacted]"\n');
  });

  it('is a configuration again, with the same meaning', () => {
    const text = describeLoaded({ environment: { WINNOW_DECISIONS_EMIT: 'all', WINNOW_STORE_HOLD_MS: '4000' } });
    expect(describeLoaded({ file: { name: 'again.yaml', text } })).toBe(text);
  });
});
