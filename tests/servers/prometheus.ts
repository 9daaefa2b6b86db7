import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory, removeOldLogs } from './cache.ts';
import { guard } from './guardian.ts';
import { freePort } from './ports.ts';
import { run, startProcess, waitUntilReady, type Outcome } from './process.ts';
import { obtainPrometheus, type PrometheusBinaries } from './prometheus/binaries.ts';
import { giveUp, ServerUnavailable, type Skip } from './unavailable.ts';

export interface ScrapeTarget {
  job: string;
  /** `host:port`; the path is /metrics. */
  address: string;
}

export interface PrometheusOptions {
  scrapeTargets: readonly ScrapeTarget[];
  /** Absolute paths; the rules are evaluated at the interval of the scrapes. */
  ruleFiles: readonly string[];
  scrapeIntervalMs: number;
}

export interface PrometheusServer {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Reads the rule files again. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

const runCache = join(cacheDirectory, 'prometheus');
const readyMsMax = 60_000;
const stopMsMax = 10_000;
const promtoolMsMax = 240_000;

/** Prometheus and promtool. Where they cannot be had, the test is given up. */
export async function requirePrometheus(context: Skip): Promise<PrometheusBinaries> {
  try {
    return await obtainPrometheus();
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    return giveUp(context, error.message);
  }
}

/** Runs promtool to its end. */
export async function promtool(args: readonly string[]): Promise<Outcome> {
  const binaries = await obtainPrometheus();
  return run(binaries.promtool, args, { timeoutMs: promtoolMsMax });
}

/** A Prometheus on loopback that scrapes the targets; ready when this resolves, and gone when this process is. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer> {
  const { prometheus, assets } = await obtainPrometheus();
  await mkdir(runCache, { recursive: true });
  await removeOldLogs(runCache);
  const directory = await mkdtemp(join(runCache, 'run-'));
  const guardian = guard('sleep 1; rm -rf -- "$1"', directory);
  const configPath = join(directory, 'prometheus.json');
  // YAML, which Prometheus reads, is a superset of JSON.
  await writeFile(configPath, JSON.stringify(prometheusConfig(options)));

  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const logPath = `${directory}.log`;
  const server = await startProcess({
    command: prometheus,
    args: [
      `--config.file=${configPath}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.enable-lifecycle',
      ...(assets === undefined ? [] : [`--web.local-assets=${assets}`]),
    ],
    logPath,
  });
  const stop = async (): Promise<void> => {
    await server.stop(stopMsMax);
    await rm(directory, { recursive: true, force: true });
    guardian.release();
  };
  const reload = async (): Promise<void> => {
    const response = await fetch(`${url}/-/reload`, { method: 'POST' });
    if (!response.ok) throw new Error(`Prometheus did not reload: ${await response.text()}`);
  };
  try {
    await waitUntilReady({
      server: 'Prometheus',
      isReady: () => isReady(url),
      hasExited: () => server.hasExited(),
      timeoutMs: readyMsMax,
      logPath,
    });
    return { url, reload, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The configuration file as a value. Targets of one job are scraped under that one job. */
export function prometheusConfig({ scrapeTargets, ruleFiles, scrapeIntervalMs }: PrometheusOptions): object {
  const interval = `${scrapeIntervalMs}ms`;
  const targetsByJob = Map.groupBy(scrapeTargets, ({ job }) => job);
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: [...targetsByJob].map(([job, targets]) => ({
      job_name: job,
      static_configs: [{ targets: targets.map(({ address }) => address) }],
    })),
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    (response) => response.ok,
    () => false,
  );
}
