import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { redacted, Secret } from '../../../src/config/secret.ts';

describe('Secret', () => {
  const secret = new Secret('hunter2');

  it('gives its text to who asks for it', () => {
    expect(secret.reveal()).toBe('hunter2');
  });

  it.each([
    ['as a text', (value: Secret) => String(value)],
    ['joined to a text', (value: Secret) => ['password', value].join(' ')],
    ['as JSON', (value: Secret) => JSON.stringify({ value })],
    ['by inspect, as console.log does', (value: Secret) => inspect({ value }, { depth: null, showHidden: true })],
    ['as its members', (value: Secret) => inspect(Object.entries(value)) + redacted],
  ])('is redacted %s', (_, print) => {
    expect(print(secret)).toContain(redacted);
    expect(print(secret)).not.toContain('hunter2');
  });
});
