import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { dashboards } from '../dashboards.ts';

/**
 * Pictures of the dashboards over what a Prometheus has of the last minutes, drawn by Grafana's own components in Chromium, without a Grafana.
 * The components are in this folder's own `package.json` and are fetched at the first run: 450 MB, no part of Winnow.
 *
 *     npm run fleet                                                        # elsewhere, for some minutes
 *     npm run pictures -- --prometheus http://127.0.0.1:9090 --minutes 10
 */

const { values: flags } = parseArgs({
  options: {
    prometheus: { type: 'string', default: 'http://127.0.0.1:9090' },
    minutes: { type: 'string', default: '10' },
    out: { type: 'string' },
  },
});

const folder = fileURLToPath(new URL('.', import.meta.url));
const out = flags.out ?? folder;
const run = promisify(execFile);
const minuteMs = 60_000;
const widthPx = 1_600;
/** As the page has them: a line of Grafana's grid, and the title above. */
const [linePx, titlePx] = [38, 56];
/** Answers that a panel has points for. */
const pointsMax = 150;
/** Grafana's rule: four scrapes, and one a step more. */
const rateInterval = '30s';
const renderMsMax = 300_000;

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly y: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

await fetchComponents();
const toMs = Date.now();
const fromMs = toMs - Number(flags.minutes) * minuteMs;
const work = await mkdtemp(join(tmpdir(), 'winnow-pictures-'));
try {
  await run(join(folder, 'node_modules/.bin/esbuild'), [
    join(folder, 'page.jsx'),
    `--outfile=${join(work, 'page.js')}`,
    '--bundle',
    '--jsx=automatic',
    '--loader:.svg=dataurl',
    '--loader:.css=text',
    '--log-level=error',
    '--define:process.env.NODE_ENV="production"',
    '--define:global=window',
  ]);
  for (const { file } of dashboards) await draw(file);
} finally {
  await rm(work, { recursive: true });
}

async function fetchComponents(): Promise<void> {
  try {
    await access(join(folder, 'node_modules/@grafana/ui'));
  } catch {
    process.stderr.write('fetching Grafana’s components, once\n');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--legacy-peer-deps'];
    await run('npm', ['install', ...options], { cwd: folder });
  }
}

/** One dashboard as a picture, `hot-path.json` as `hot-path.png`. */
async function draw(file: string): Promise<void> {
  const dashboard = JSON.parse(await readFile(new URL(`../generated/${file}`, import.meta.url), 'utf8')) as {
    readonly panels: readonly Panel[];
  };
  const answers: Record<string, unknown> = {};
  const empty: string[] = [];
  for (const { id, targets = [] } of dashboard.panels)
    for (const { refId, expr } of targets) {
      const series = await ask(expr);
      answers[`${id}/${refId}`] = series;
      if (series.length === 0) empty.push(expr);
    }
  const data = JSON.stringify({ dashboard, answers, fromMs, toMs }).replaceAll('<', String.raw`\u003c`);
  const page = join(work, 'page.html');
  await writeFile(
    page,
    `<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="dashboard"></div><script>window.winnow=${data}</script><script src="page.js"></script>`,
  );
  const lines = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const picture = join(out, file.replace('.json', '.png'));
  await run(
    'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--hide-scrollbars',
      '--allow-file-access-from-files',
      '--virtual-time-budget=20000',
      `--screenshot=${picture}`,
      `--window-size=${widthPx},${lines * linePx + titlePx}`,
      pathToFileURL(page).href,
    ],
    { timeout: renderMsMax },
  );
  process.stdout.write(`${picture}: ${empty.length} queries found nothing, and their panels say so\n`);
  for (const expression of empty) process.stdout.write(`  ${expression}\n`);
}

async function ask(expression: string): Promise<readonly unknown[]> {
  const query = expression.replaceAll(/\$(?:job|instance)\b/g, '.*').replaceAll('$__rate_interval', rateInterval);
  const stepS = Math.max(5, Math.ceil((toMs - fromMs) / 1_000 / pointsMax));
  const parameters = { query, start: String(fromMs / 1_000), end: String(toMs / 1_000), step: String(stepS) };
  const response = await fetch(`${flags.prometheus}/api/v1/query_range?${new URLSearchParams(parameters).toString()}`);
  const answer = (await response.json()) as { status: string; error?: string; data: { result: readonly unknown[] } };
  if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error ?? answer.status}`);
  return answer.data.result;
}
