import { writeSmallFile } from '../../evaluation/queue/files.ts';
import { ArchiveEstimates } from '../../reports/estimates-of-archive.ts';
import type { Period } from '../../reports/period.ts';
import { restatedSince } from '../../reports/quarter/difference.ts';
import { figureText, quarterCsv, quarterJson } from '../../reports/quarter/files.ts';
import { quarterPage } from '../../reports/quarter/page.ts';
import { quarterReport, type QuarterReport } from '../../reports/quarter/quarter.ts';
import { table } from '../style.ts';
import { reportConfig, sampleTerms, withArchive, yetToCome, type ReportOptions } from './open-report.ts';
import { platformFacts } from './platform-facts.ts';

export interface QuarterOptions extends ReportOptions {
  readonly cutOff?: number;
  readonly out?: readonly string[];
}

/** Reports a quarter, keeps what was told, and tells what it restates. Throws `FailureError`. */
export async function runQuarter(quarter: Period, options: QuarterOptions): Promise<void> {
  const config = reportConfig(options);
  const { restricting } = platformFacts(config);
  const cutOffMs = options.cutOff ?? Date.now();
  const terms = await sampleTerms(config);
  const { report, former } = await withArchive(config, options, async (archive) => {
    const estimates = new ArchiveEstimates(quarter, cutOffMs, restricting, terms);
    const record = estimates.tap(archive);
    const made = await quarterReport(record, quarter, cutOffMs, restricting, () => estimates.finish(archive));
    const told = (await archive.reports(quarter.name)).filter((one) => one.cutOffMs <= cutOffMs);
    await archive.recordReport({ period: quarter.name, cutOffMs, body: JSON.stringify(made) });
    return {
      report: made,
      former: formerOf(
        told.map(({ body }) => JSON.parse(body) as QuarterReport),
        made,
      ),
    };
  });
  for (const path of options.out ?? []) await writeSmallFile(path, textOf(path, report, former));
  process.stdout.write(describe(report, former) + yetToCome(cutOffMs));
}

/**
 * Of what was told first by each cut-off, in their order, the last that told other figures, also by the same cut-off: who was forgotten since, or what came late,
 * changes them. Where none did, the last by an earlier cut-off.
 */
function formerOf(told: readonly QuarterReport[], now: QuarterReport): QuarterReport | undefined {
  return (
    told.findLast((one) => restatedSince(one, now).length > 0) ?? told.findLast(({ cutOff }) => cutOff !== now.cutOff)
  );
}

function textOf(path: string, report: QuarterReport, former: QuarterReport | undefined): string {
  if (path.endsWith('.html')) return quarterPage(report, former);
  return path.endsWith('.json') ? quarterJson(report) : quarterCsv(report);
}

function describe(report: QuarterReport, former: QuarterReport | undefined): string {
  const figures = report.figures.map(({ title, value, unit, low, high, note }) => [
    title,
    figureText({ value, unit }),
    low === undefined || high === undefined
      ? (note ?? '')
      : `${figureText({ value: low, unit })} to ${figureText({ value: high, unit })}`,
  ]);
  const told = `Fake accounts in ${report.quarter}, counted from what was known by ${report.cutOff}${report.isOver ? '' : ', before it was over'}\n${rowsText(figures)}`;
  if (former === undefined) return told;
  const unitOf = new Map(report.figures.map(({ name, unit }) => [name, unit]));
  const restated = restatedSince(former, report).map(({ name, title, former: before, now }) => {
    const unit = unitOf.get(name)!;
    return [title, figureText({ value: before, unit }), figureText({ value: now, unit })];
  });
  const since = `Told before, by ${former.cutOff}`;
  return restated.length === 0
    ? `${told}${since}: no figure differs.\n`
    : `${told}${since}, these were other figures\n${table([['', 'told before', 'now'], ...restated])}`;
}

/** Two columns, and what is said of the second. */
function rowsText(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([title, value, more]) => `  ${title!.padEnd(widths[0]!)}  ${value!.padStart(widths[1]!)}  ${more!}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}
