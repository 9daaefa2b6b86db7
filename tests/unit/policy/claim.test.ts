import { describe, expect, it } from 'vitest';
import { lastsBy } from '../../../src/policy/claim.ts';
import { policyOf } from './policies.ts';

const usual = policyOf();
/** Under it a block of a machine ends after a day. */
const policy = { ...usual, standingMs: { ...usual.standingMs, block: 86_400_000 } };

describe('what no time ends', () => {
  it('is what a person holds an account at, also while a machine goes beyond it', () => {
    const word = { saidMs: 1, holds: 'review', protectedUntilMs: 0 } as const;
    expect(lastsBy('review', word, policy)).toEqual({ lasts: true });
    expect(lastsBy('block', word, policy)).toEqual({ lasts: true });
  });

  it('is protection without an end, and none that ends by itself', () => {
    const word = { saidMs: 1, holds: 'allow', protectedUntilMs: Infinity } as const;
    expect(lastsBy('allow', word, policy)).toEqual({ lasts: true });
    expect(lastsBy('allow', { ...word, protectedUntilMs: 2 }, policy)).toEqual({ lasts: true });
    expect(lastsBy('allow', { ...word, protectedUntilMs: 1 }, policy)).toBeNull();
    expect(lastsBy('allow', undefined, policy)).toBeNull();
  });
});
