import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { giveUp, type Skip } from '../servers/unavailable.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Ten times what it takes at the side of others. */
const openMsMax = 240_000;

/**
 * Opens a page from disk in a real browser without a network, and returns its document after its scripts have run, with what the
 * console said. Gives the test up where there is no browser.
 */
export async function openInBrowser(context: Skip, path: string): Promise<{ dom: string; console: string }> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const program = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((each) => existsSync(each));
  if (program === undefined) return giveUp(context, 'no browser: install chromium (Debian: apt-get install chromium)');
  const profile = mkdtempSync(join(tmpdir(), 'winnow-browser-'));
  try {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
    const apart = [`--user-data-dir=${profile}`, '--proxy-server=127.0.0.1:9', '--disable-background-networking'];
    const told = ['--enable-logging=stderr', '--v=0', '--virtual-time-budget=5000', '--dump-dom'];
    const { stdout, stderr } = await promisify(execFile)(
      program,
      [...flags, ...apart, ...told, pathToFileURL(path).href],
      { timeout: openMsMax, maxBuffer: 64 * 1024 * 1024 },
    );
    const console = stderr.split('\n').filter((line) => line.includes(':CONSOLE'));
    return { dom: stdout, console: console.join('\n') };
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
