import { describe, expect, it, vi } from 'vitest';
import { automationLookUp, loadAutomation, userAgentsMax } from '../../../../src/adapters/reference/clients.ts';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('whether a user agent is a program', async () => {
  const isAutomated = automationLookUp(await loadAutomation());

  it.each([
    `Mozilla/5.0 (Linux; Android 14; SM-A546E; wv) ${webKit} Chrome/140.0.0.0 Mobile Safari/537.36`,
    `Mozilla/5.0 (Linux; Android 10; K) ${webKit} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
  ])('%s is not', (userAgent) => {
    expect(isAutomated(userAgent)).toBe(false);
  });

  it.each([
    'python-requests/2.32.3',
    'curl/8.9.1',
    'okhttp/4.12.0',
    'Go-http-client/2.0',
    `Mozilla/5.0 (X11; Linux x86_64) ${webKit} HeadlessChrome/140.0.0.0 Safari/537.36`,
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  ])('%s is', (userAgent) => {
    expect(isAutomated(userAgent)).toBe(true);
  });

  it('is not known of the empty text, nor without the list', () => {
    expect(isAutomated('')).toBeUndefined();
    expect(automationLookUp(undefined)('curl/8.9.1')).toBeUndefined();
  });

  it('is remembered by its beginning, and no more of them than may be', () => {
    const read = vi.fn<(userAgent: string) => boolean>(() => false);
    const bounded = automationLookUp(read);
    bounded('x'.repeat(512) + 'one end');
    bounded('x'.repeat(512) + 'another end');
    expect(read.mock.calls).toEqual([['x'.repeat(512)]]);
    const askEach = () => {
      for (let index = 0; index < 3 * userAgentsMax; index++) bounded(`agent ${index}`);
    };
    askEach();
    const reads = read.mock.calls.length;
    askEach();
    // Which of them are remembered is up to chance: not more than there is room for.
    expect(read.mock.calls.length - reads).toBeGreaterThanOrEqual(2 * userAgentsMax);
  });
});
