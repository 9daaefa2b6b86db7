import { describe, expect, it } from 'vitest';

import { settings, variableOf } from '../../../src/config/settings.ts';

describe('variableOf', () => {
  it.each([
    ['kafka.brokers', 'WINNOW_KAFKA_BROKERS'],
    ['kafka.sasl.oauth.clientSecret', 'WINNOW_KAFKA_SASL_OAUTH_CLIENT_SECRET'],
    ['kafka.consumer.fetchWaitMsMax', 'WINNOW_KAFKA_CONSUMER_FETCH_WAIT_MS_MAX'],
  ])('names %s %s', (path, variable) => {
    expect(variableOf(path)).toBe(variable);
  });
});

describe('settings', () => {
  it('have variables that differ from each other, the ones for files of secrets included', () => {
    const variables = settings.flatMap(({ variable, notes }) =>
      notes.kind === 'secret' ? [variable, `${variable}_FILE`] : [variable],
    );
    expect(new Set(variables).size).toBe(variables.length);
  });

  it.each(settings.map((setting) => [setting.path, setting] as const))(
    '%s says why and when to change it',
    (_, { notes }) => {
      for (const sentence of [notes.reason, notes.change, notes.remedy])
        expect(sentence).toMatch(/^[A-Za-z/].{5,}[^,;]$/);
    },
  );

  it.each(
    settings
      .filter(({ notes }) => /milliseconds|bytes from/.test(notes.expected))
      .map((setting) => [setting.path, setting] as const),
  )('%s has its unit in its name', (path, { notes }) => {
    expect(path).toMatch(notes.expected.includes('milliseconds') ? /Ms(Max)?$/ : /Bytes(Min|Max)$/);
  });

  it('are secret where one would look for a secret', () => {
    const secrets = settings.filter(({ notes }) => notes.kind === 'secret').map(({ path }) => path);
    const suspicious = settings
      .filter(({ path }) => /password|secret|passphrase|token$/i.test(path))
      .map(({ path }) => path);
    expect(secrets).toEqual(suspicious);
  });
});
