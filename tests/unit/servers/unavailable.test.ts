import { afterEach, describe, expect, it, vi } from 'vitest';
import { firstAvailable, giveUp, ServerUnavailable, type Way } from '../../servers/unavailable.ts';

const unavailable =
  (reason: string): Way<string> =>
  () =>
    Promise.reject(new ServerUnavailable(reason));

const crashing: Way<string> = () => Promise.reject(new Error('it crashed'));
const skip = (note?: boolean | string): never => {
  throw new Error(`skipped: ${String(note)}`);
};

describe('firstAvailable', () => {
  it('takes the first way that works and tries none after it', async () => {
    const later = vi.fn<Way<string>>();
    expect(await firstAvailable('Kafka', [unavailable('no Docker'), async () => 'maven', later])).toBe('maven');
    expect(later).not.toHaveBeenCalled();
  });

  it('gives every reason when no way works', async () => {
    const attempt = firstAvailable('Kafka', [unavailable('no Docker'), unavailable('no Java')]);
    await expect(attempt).rejects.toThrow(new ServerUnavailable('Kafka cannot be had here: no Docker; no Java'));
  });

  it('does not take a server that fails to start for one that cannot be had', async () => {
    await expect(firstAvailable('Kafka', [crashing, async () => 'maven'])).rejects.toThrow('it crashed');
  });
});

describe('giveUp', () => {
  afterEach(() => void vi.unstubAllEnvs());
  it.each([
    ['skips with the reason on a developer’s machine', undefined, 'skipped: no Java'],
    ['fails with the reason in CI', 'true', 'must not be skipped in CI: no Java'],
  ])('%s', (_name, ci, message) => {
    vi.stubEnv('CI', ci);
    expect(() => giveUp({ skip }, 'no Java')).toThrow(message);
  });
});
