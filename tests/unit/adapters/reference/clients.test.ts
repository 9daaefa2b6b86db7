import { describe, expect, it, vi } from 'vitest';
import {
  clientLookUp,
  loadAutomation,
  loadBrowsers,
  userAgentsMax,
} from '../../../../src/adapters/reference/clients.ts';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('what a user agent says', async () => {
  const isAutomated = await loadAutomation();
  const parse = await loadBrowsers();
  const client = clientLookUp(parse, isAutomated);

  it.each([
    [
      `Mozilla/5.0 (Linux; Android 14; SM-A546E; wv) ${webKit} Chrome/140.0.0.0 Mobile Safari/537.36`,
      'android',
      'chrome',
      140,
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${webKit} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
      'android',
      'samsung',
      25,
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
      'ios',
      'safari',
      undefined,
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.2 Mobile/15E148 Safari/604.1',
      'ios',
      'safari',
      19,
    ],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'windows', 'firefox', 140],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
      'windows',
      'edge',
      140,
    ],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0`,
      'macos',
      'opera',
      120,
    ],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webKit} Chrome/140.0.0.0 Safari/537.36`, 'chromeos', 'chrome', 140],
    [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/140.0.0.0 Safari/537.36`, 'linux', 'chrome', 140],
  ])('%s', (userAgent, system, browser, majorVersion) => {
    expect(client(userAgent)).toEqual({ system, browser, majorVersion, isAutomated: false });
  });

  it.each([
    'python-requests/2.32.3',
    'curl/8.9.1',
    'okhttp/4.12.0',
    'Go-http-client/2.0',
    `Mozilla/5.0 (X11; Linux x86_64) ${webKit} HeadlessChrome/140.0.0.0 Safari/537.36`,
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  ])('%s is a program', (userAgent) => {
    expect(client(userAgent)?.isAutomated).toBe(true);
  });

  it('says nothing when it is empty', () => {
    expect(client('')).toBeUndefined();
  });

  it('says what one library knows when the other is missing', () => {
    expect(clientLookUp(undefined, isAutomated)('curl/8.9.1')).toEqual({
      system: undefined,
      browser: undefined,
      majorVersion: undefined,
      isAutomated: true,
    });
    expect(clientLookUp(parse, undefined)('curl/8.9.1')?.isAutomated).toBeUndefined();
    expect(clientLookUp(undefined, undefined)('curl/8.9.1')).toBeUndefined();
  });

  it('is remembered by its beginning, and no more of them than may be', () => {
    const read = vi.fn(() => false);
    const bounded = clientLookUp(undefined, read);
    bounded('x'.repeat(512) + 'one end');
    bounded('x'.repeat(512) + 'another end');
    expect(read.mock.calls).toEqual([['x'.repeat(512)]]);
    for (let index = 0; index < userAgentsMax; index++) bounded(`agent ${index}`);
    bounded('x'.repeat(512));
    expect(read).toHaveBeenCalledTimes(userAgentsMax + 2);
  });
});
