import { featureCount } from '../../src/features/extract.ts';
import type { Figure } from '../last-results.ts';
import { formatTable } from '../table.ts';
import type { AppealsResult } from './appeals.ts';
import type { BacklogCase, BacklogResult, BacklogRun } from './backlog.ts';
import type { LoadEnvironment } from './environment.ts';
import type { Latencies } from './latencies.ts';
import type { LatencyResult } from './latency.ts';
import type { AppealsOptions, BacklogOptions, LatencyOptions } from './options.ts';

export type Measured =
  | { readonly kind: 'latency'; readonly options: LatencyOptions; readonly result: LatencyResult }
  | { readonly kind: 'backlog'; readonly options: BacklogOptions; readonly result: BacklogResult }
  | { readonly kind: 'appeals'; readonly options: AppealsOptions; readonly result: AppealsResult };

/** What a run leaves: enough to judge it, and to repeat it. */
export type LoadReport = Measured & { readonly environment: LoadEnvironment };

/** Events that never came out, all processors and rounds. */
export function missingOf({ kind, result }: LoadReport): number {
  if (kind === 'appeals') return result.missing;
  if (kind === 'latency') return result.echo.missing + result.winnow.missing;
  return result.echo.median.missing + result.winnow.median.missing + result.winnowAll.median.missing;
}

/** For people. */
export function formatReport(report: LoadReport): string {
  const tables = formatTables(report);
  const missing = missingOf(report);
  const verdict = missing === 0 ? [] : ['', `FAILED: ${count(missing)} events never came out.`];
  return [...tables, '', ...formatEnvironment(report.environment), ...verdict, ''].join('\n');
}

function formatTables(report: LoadReport): string[] {
  switch (report.kind) {
    case 'latency':
      return formatLatency(report.options, report.result);
    case 'backlog':
      return formatBacklog(report.options, report.result);
    default:
      return formatAppeals(report.options, report.result);
  }
}

function formatAppeals(options: AppealsOptions, { appeals, lifted, latencyMs }: AppealsResult): string[] {
  return [
    `${count(appeals)} accepted appeals, ${count(options.rate)} a second, ${options.partitions} partitions; ${count(lifted)} lifted.`,
    'Milliseconds from the appeal to the decision that lifts:',
    '',
    ...formatTable([['', 'p50', 'p90', 'p99', 'p99.9', 'max'], quantiles('appeal to lift', latencyMs)]),
  ];
}

function formatEnvironment(environment: LoadEnvironment): string[] {
  const { date, commit, dirty, model, cpu, cpus, memoryGiB, loadAverageBefore, node, kafkajs, broker } = environment;
  const changes = dirty === true ? ' with changes' : '';
  return [
    `${date}, commit ${commit?.slice(0, 12) ?? 'unknown'}${changes}, model ${model}.`,
    `${cpus} x ${cpu}, ${memoryGiB} GiB, load average ${loadAverageBefore} before the run.`,
    `Node ${node}, kafkajs ${kafkajs}, Kafka ${broker.version ?? 'of a version unknown'} (${broker.origin}).`,
  ];
}

function formatLatency(options: LatencyOptions, result: LatencyResult): string[] {
  const { echo, winnow } = result;
  const rounds = echo.latencyMsByRound.flatMap((_, round) => [
    quantiles(`echo, round ${round + 1}`, echo.latencyMsByRound[round] ?? null),
    quantiles(`winnow, round ${round + 1}`, winnow.latencyMsByRound[round] ?? null),
  ]);
  return [
    `${count(options.rate)} events/s asked, ${count(result.rateAchieved)} sent; ${options.partitions} partitions; ${(options.seconds / options.rounds).toFixed(1)} s in each of ${options.rounds} round(s).`,
    'Milliseconds from the instant at which an event was due:',
    '',
    ...formatTable([
      ['', 'p50', 'p90', 'p99', 'p99.9', 'max'],
      quantiles('until it was sent', result.generatorLatenessMs),
      quantiles('from there until acknowledged', result.brokerAcknowledgementMs),
      quantiles('echo', echo.latencyMs),
      quantiles('winnow', winnow.latencyMs),
      quantiles('winnow - echo', result.winnowLessEchoMs),
      ...rounds,
    ]),
    '',
    ...formatTable([
      ['', 'sent', 'received', 'missing', 'twice', 'unknown', 'CPU us/event'],
      ...(['echo', 'winnow'] as const).map((name) => {
        const { sent, received, missing, duplicates, unknown, cpuMicrosecondsPerEvent } = result[name];
        return [name, ...[sent, received, missing, duplicates, unknown].map(count), figure(cpuMicrosecondsPerEvent)];
      }),
      ['generator and readers', '', '', '', '', '', figure(result.harnessCpuMicrosecondsPerEvent)],
    ]),
  ];
}

function formatBacklog(options: BacklogOptions, result: BacklogResult): string[] {
  const row = (name: string, { median, ofEcho, ofEchoByCpu }: BacklogCase): string[] => [
    name,
    count(median.eventsPerSecond),
    ofEcho.toFixed(2),
    figure(median.cpuMicrosecondsPerEvent),
    ofEchoByCpu?.toFixed(2) ?? '-',
    name === 'echo' ? '-' : featuresPerCpuSecond(median),
    median.residentMiB === null ? '-' : count(Math.round(median.residentMiB)),
    median.seconds.toFixed(1),
    count(median.outputs),
    count(median.missing),
  ];
  return [
    `${count(options.events)} events in the topic, ${options.partitions} partitions; medians of ${options.rounds} round(s), from where half of it was handled to its end:`,
    '',
    ...formatTable([
      [
        '',
        'events/s',
        'of echo',
        'CPU us/event',
        'of echo',
        'features/CPU-s',
        'RSS MiB',
        'seconds',
        'outputs',
        'missing',
      ],
      row('echo', result.echo),
      row('winnow', result.winnow),
      row('winnow, all decisions', result.winnowAll),
    ]),
  ];
}

function featuresPerCpuSecond({ cpuMicrosecondsPerEvent }: BacklogRun): string {
  return cpuMicrosecondsPerEvent === null ? '-' : count(Math.round((1e6 / cpuMicrosecondsPerEvent) * featureCount));
}

/** What of a backlog's result is held against the last run's. */
export function backlogFigures({ echo, winnow, winnowAll }: BacklogResult): readonly Figure[] {
  return Object.entries({ echo, winnow, 'winnow, all decisions': winnowAll }).flatMap(
    ([name, { median, ofEchoByCpu }]) => [
      ...(median.cpuMicrosecondsPerEvent === null
        ? []
        : [{ name: `${name}, CPU us an event`, value: median.cpuMicrosecondsPerEvent, isRate: false }]),
      ...(ofEchoByCpu === null || name === 'echo'
        ? []
        : [{ name: `${name}, of the echo by CPU`, value: ofEchoByCpu, isRate: true }]),
    ],
  );
}

function quantiles(name: string, latencies: Latencies | null): string[] {
  if (latencies === null) return [name, '-', '-', '-', '-', '-'];
  const { p50, p90, p99, p999, max } = latencies;
  return [name, ...[p50, p90, p99, p999, max].map((ms) => ms.toFixed(1))];
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function figure(value: number | null): string {
  return value === null ? '-' : value.toFixed(1);
}
