import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ArchiveMetrics } from '../../src/adapters/prometheus/archive-metrics.ts';
import { MergedMetrics } from '../../src/adapters/prometheus/merging.ts';
import { supervisorMetrics } from '../../src/adapters/prometheus/supervisor-metrics.ts';
import { PrometheusTelemetry } from '../../src/adapters/prometheus/telemetry.ts';
import { run, type Outcome } from '../servers/process.ts';
import { promtool, requirePrometheus, startPrometheus } from '../servers/prometheus.ts';
import type { Skip } from '../servers/unavailable.ts';
import { atOnce } from '../unit/grafana/at-once.ts';
import {
  alertQueries,
  alertRules,
  dashboardQueries,
  metricsOf,
  recordingRules,
  ruleFiles,
  type NamedQuery,
} from '../unit/grafana/queries.ts';
import { processorLoad, type Load } from './grafana/processor-load.ts';

/**
 * Dashboard and alerts against the real thing: promtool reads them, and a Prometheus that scrapes a process under load finds
 * data for every query.
 */

const grafana = fileURLToPath(new URL('../../grafana/', import.meta.url));
const alerts = ruleFiles.map((name) => join(grafana, 'alerts', name));
const scrapeIntervalMs = 500;
/** Seconds that queries look back: ten scrapes. */
const windowS = 5;
const scrapedMsMax = 60_000;

const cleanUp: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const each of cleanUp.toReversed()) await each();
});

let scraping: Promise<string> | undefined;

/** The address of a Prometheus that has scraped a process under load for longer than the window, drift included, and goes on. */
async function scraped(context: Skip): Promise<string> {
  await requirePrometheus(context);
  scraping ??= startScraping(context);
  return scraping;
}

async function startScraping(context: Skip): Promise<string> {
  const load = await processorLoad(context);
  cleanUp.push(() => load.stop());
  const scrapeTargets = [{ job: 'winnow', address: `127.0.0.1:${load.port}` }];
  const prometheus = await startPrometheus({ scrapeTargets, ruleFiles: alerts, scrapeIntervalMs });
  cleanUp.push(() => prometheus.stop());
  const deadline = performance.now() + scrapedMsMax;
  const scrapesMin = (windowS * 1_000) / scrapeIntervalMs + 2;
  for (let scrapes = 0; scrapes < scrapesMin;) {
    if (performance.now() > deadline) throw new Error(`Prometheus scraped ${scrapes} times in ${scrapedMsMax} ms`);
    await sleep(scrapeIntervalMs);
    // What is judged only after many events comes last.
    scrapes = (await valuesOf(prometheus.url, 'count_over_time(winnow_drift{feature="score"}[1m])'))[0] ?? 0;
  }
  return prometheus.url;
}

/** The load is one process, without workers, that holds nothing and has no model beside its champion: of those nothing is to be seen. */
const notOfThisLoad =
  /^winnow_(?:workers|workers_running|worker_restarts_total|partition_held|panel_share|panel_events_total)$/;
const isOfThisLoad = ({ expression }: NamedQuery): boolean =>
  !metricsOf(expression).some((name) => notOfThisLoad.test(name));

const accepted = { code: 0, stderr: '' };
const verdictOf = ({ code, stderr }: Outcome) => ({ code, stderr });

describe('promtool', () => {
  it('accepts the alert rules', async (context) => {
    await requirePrometheus(context);
    expect(verdictOf(await promtool(['check', 'rules', ...alerts]))).toEqual(accepted);
  });

  it('proves when each alert fires and when not', async (context) => {
    await requirePrometheus(context);
    const { code, stdout, stderr } = await promtool([
      'test',
      'rules',
      ...ruleFiles.map((name) => join(grafana, 'alerts/tests', name)),
    ]);
    expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' });
  });

  it('accepts the configuration that the README offers', async (context) => {
    await requirePrometheus(context);
    expect(verdictOf(await promtool(['check', 'config', join(grafana, 'prometheus.yaml')]))).toEqual(accepted);
  });

  it('accepts what a process under load exposes', async (context) => {
    const load = await processorLoad(context);
    try {
      expect(await verdictOnMetrics(context, await textOf(load))).toEqual(accepted);
    } finally {
      await load.stop();
    }
  });

  it('accepts what a supervisor of several workers exposes', async (context) => {
    const merged = new MergedMetrics();
    merged.take(1, await workerTelemetry().samples());
    const supervisor = supervisorMetrics({ workers: 2, running: () => 1, restarts: () => 3 });
    expect(await verdictOnMetrics(context, merged.text(await supervisor()))).toEqual(accepted);
  });

  it('accepts what an archive exposes', async (context) => {
    const archive = new ArchiveMetrics({ version: '1', ready: () => true, lags: () => new Map([['decisions', 4]]) });
    archive.refused('decisions');
    archive.lost('decisions', 2);
    expect(await verdictOnMetrics(context, await archive.text())).toEqual(accepted);
  });
});

const textOf = async ({ port }: Load): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

/** What promtool says of metrics in the text format: the exit code, and what it does not like. */
async function verdictOnMetrics(context: Skip, text: string) {
  const { promtool: program } = await requirePrometheus(context);
  const directory = await mkdtemp(join(tmpdir(), 'winnow-metrics-'));
  try {
    const file = join(directory, 'metrics.txt');
    await writeFile(file, text);
    return verdictOf(await run('sh', ['-c', '"$1" check metrics < "$2"', 'sh', program, file], { timeoutMs: 30_000 }));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What a worker tells that has a history and a policy. */
function workerTelemetry(): PrometheusTelemetry {
  const kind = { kind: 'ip', bytes: 9, evictions: [{ rank: 'once', count: 1 }], nextAgeMs: 5_000 };
  return new PrometheusTelemetry({
    version: '1',
    ready: () => true,
    storeEntities: () => 3,
    history: () => ({ bytes: 10, bytesMax: 20, standings: { kept: 1, dropped: 1 }, kinds: [kind] }),
    unansweredRules: () => [{ rule: 'a', cause: 'absent', count: 1 }],
  });
}

describe('a Prometheus that scrapes a process under load', () => {
  it.for(dashboardQueries.filter(isOfThisLoad))('has data for $place', async ({ expression }, context) => {
    expect(await valuesOf(await scraped(context), atOnce(expression, windowS))).toContainEqual(expect.any(Number));
  });

  it.for(alertQueries.filter(isOfThisLoad))('has data for what $place compares', async ({ expression }, context) => {
    expect(await valuesOf(await scraped(context), atOnce(expression, windowS))).toContainEqual(expect.any(Number));
  });

  it('has the labels from which the dashboards offer a choice', async (context) => {
    const { result } = await query(await scraped(context), 'winnow_build_info');
    expect(result).toMatchObject([{ metric: { job: 'winnow', instance: expect.any(String) as string } }]);
  });

  // Debian's build has its pages beside it, and under another path: it answered 404 and 500 to a person.
  it('has a page that shows the alerts', async (context) => {
    const url = await scraped(context);
    const pages = await Promise.all(['/alerts', '/classic/alerts'].map((path) => fetch(`${url}${path}`)));
    expect(pages.map(({ status }) => status)).toContain(200);
  });

  it('evaluates every rule without an error', async (context) => {
    const { groups } = await ask<RuleGroups>(`${await scraped(context)}/api/v1/rules`);
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(new Set(rules.map(({ name }) => name))).toEqual(
      new Set([...alertRules.map(({ alert }) => alert), ...recordingRules.map(({ record }) => record)]),
    );
  });
});

interface RuleGroups {
  readonly groups: readonly {
    readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[];
  }[];
}

interface QueryAnswer {
  readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: [number, string] }[];
}

/** The values that a query answers with, without those that are no number. */
async function valuesOf(prometheusUrl: string, expression: string): Promise<number[]> {
  const { result } = await query(prometheusUrl, expression);
  return result.map(({ value }) => Number(value[1])).filter((value) => !Number.isNaN(value));
}

function query(prometheusUrl: string, expression: string): Promise<QueryAnswer> {
  return ask(`${prometheusUrl}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`);
}

async function ask<Answer>(url: string): Promise<Answer> {
  const answer = (await (await fetch(url)).json()) as { status: string; error?: string; data: Answer };
  if (answer.status !== 'success') throw new Error(`${url}: ${answer.error ?? answer.status}`);
  return answer.data;
}
