import { MergedMetrics } from '../../src/adapters/prometheus/merging.ts';
import { supervisorMetrics } from '../../src/adapters/prometheus/supervisor-metrics.ts';
import type { PrometheusTelemetry } from '../../src/adapters/prometheus/telemetry.ts';
import { limits } from '../../src/domain/limits.ts';
import { offlineReference } from '../../src/evaluation/offline.ts';
import { reportBatch } from '../../src/steps/report-batch.ts';
import { formatNumber, formatTable } from '../table.ts';
import { cpuNs, median } from './measure.ts';
import { batchSize, sampleBatches, topic } from './sample.ts';
import { benchTelemetry } from './telemetry.ts';

/**
 * What it costs to be told: of each event to count it, and of each scrape to write the text, with as many series as a large member has. CPU time, the
 * median of rounds. A missed aim fails nothing, since figures depend on the machine. Run it with: npm run bench:metrics
 */

const aims = { nsPerEvent: 500, scrapeMs: 2 };
const rounds = 31;
const batchesPerRound = 400;
const partitions = 64;
const workers = 2;

const { reference } = await offlineReference();
const [batch] = await sampleBatches(batchSize, { file: undefined, seed: 5, accounts: 400 }, reference);
const { records, facts } = batch!;
const offsets = records.map(({ offset }) => offset);
const rules = Array.from({ length: limits.rulesMax }, (_, rule) => ({
  id: `rule-${rule}`,
  mode: 'enforce' as const,
  count: 1,
}));
const input = {
  batch: { topic, partition: 0, records },
  enriched: {
    facts,
    offsets,
    pastOffsets: new Set<number>(),
    deadLetters: [],
    deadLetterCodes: [],
    misplaced: [],
    deadLetterOffsets: [],
  },
  due: records.map(({ offset, timestampMs }) => ({
    offset,
    timestampMs,
    decision: null,
    deadLetter: null,
    change: null,
    verdicts: [],
  })),
  fates: new Uint8Array(records.length),
  rules: rules.slice(0, 10), // a batch fires a few of them
  expired: {},
  overturned: {},
  scores: Float32Array.from(records, (_, index) => index / records.length),
  degraded: [],
  scoreHeldBy: null,
  stepMs: [1, 1, 1, 1, 1, 1, 1, 1],
  nowMs: Date.now(),
};

/** One that has all partitions and rules. */
function member(): PrometheusTelemetry {
  const telemetry = benchTelemetry();
  const owned = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  telemetry.partitionsAssigned(owned);
  for (const { partition } of owned) telemetry.lagMeasured(topic, partition, partition, Date.now());
  telemetry.batchDone({ ...reportBatch(input), rules });
  return telemetry;
}

const counting = member();
const told = await medianNs(async () => {
  for (let done = 0; done < batchesPerRound; done++) counting.batchDone(reportBatch(input));
});
let text = '';
const scraped = await medianNs(async () => {
  text = await counting.text();
});
const merged = new MergedMetrics();
const members = Array.from({ length: workers }, member);
const supervisor = supervisorMetrics({ workers, running: () => workers, restarts: () => 0 });
const mergedNs = await medianNs(async () => {
  for (const [index, one] of members.entries()) merged.take(index + 1, await one.samples());
  merged.text(await supervisor());
});

const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
const rows = [
  row('an event, counted', told / batchesPerRound / records.length, 'ns', aims.nsPerEvent),
  row(
    `a scrape, ${partitions} partitions, ${limits.rulesMax} rules, ${series} series`,
    scraped / 1e6,
    'ms',
    aims.scrapeMs,
  ),
  row(`the same of ${workers} workers and their supervisor, all in one process`, mergedNs / 1e6, 'ms', undefined),
];
process.stdout.write(`${formatTable([['CPU time', '', 'aim', ''], ...rows]).join('\n')}\n`);

async function medianNs(work: () => Promise<void>): Promise<number> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = cpuNs();
    await work();
    samples.push(cpuNs() - before);
  }
  return median(samples);
}

function row(name: string, value: number, unit: string, aim: number | undefined): readonly string[] {
  const verdict = aim === undefined ? '' : value < aim ? 'met' : 'MISSED';
  return [name, `${formatNumber(value, 2)} ${unit}`, aim === undefined ? '' : `${aim}`, verdict];
}
