import type { Action } from '../../domain/decision.ts';
import type { Estimates, Figure } from '../figure.ts';
import type { Period } from '../period.ts';
import { readTurns } from '../read-turns.ts';
import type { ReportRecord } from '../record.ts';
import { QuarterCounter, type CauseCount, type SpanCounts } from './count-quarter.ts';
import { definitions, figureNames, type FigureName } from './definitions.ts';

/** A figure as it is told. */
export interface QuarterFigure {
  readonly name: FigureName;
  readonly title: string;
  readonly unit: 'share' | 'accounts' | 'decisions' | 'appeals';
  /** What exactly it counts. */
  readonly definition: string;
  /** Null where it is not known. */
  readonly value: number | null;
  /** 95 % interval, of what is estimated. */
  readonly low?: number;
  readonly high?: number;
  /** How it was estimated, or why it is not known. */
  readonly note?: string;
}

/** A quarterly report: all that its pages and files say. */
export interface QuarterReport {
  readonly schema: 'winnow.quarter/1';
  readonly quarter: string;
  /** What is in the record up to this time is in the report, and nothing later. */
  readonly cutOff: string;
  /** Whether the quarter was over at the cut-off. */
  readonly isOver: boolean;
  /** The actions that restrict an account on this platform. */
  readonly restricting: readonly Action[];
  readonly figures: readonly QuarterFigure[];
  readonly months: readonly { readonly month: string; readonly actioned: number; readonly restored: number }[];
  readonly causes: readonly CauseCount[];
}

/** Causes that are told; more would hide them. */
const causesMax = 40;

/**
 * The report of a quarter, by the record up to a cut-off. Pure: the same record and cut-off give the same report.
 * @param estimate asked once all decisions have been read
 */
export async function quarterReport(
  record: ReportRecord,
  quarter: Period,
  cutOffMs: number,
  restricting: readonly Action[],
  estimate: () => Promise<Pick<Estimates, 'prevalence'>>,
): Promise<QuarterReport> {
  const counter = new QuarterCounter(quarter);
  await readTurns(record, cutOffMs, restricting, (turn) => counter.take(turn));
  const { whole, months, causes } = counter.counts();
  const { prevalence } = await estimate();
  return {
    schema: 'winnow.quarter/1',
    quarter: quarter.name,
    cutOff: new Date(cutOffMs).toISOString(),
    isOver: cutOffMs >= quarter.untilMs,
    restricting,
    figures: figureNames.map((name) => ({ name, ...definitions[name], ...valueOf(name, whole, prevalence) })),
    months: months.map(({ name, counts }) => ({
      month: name,
      actioned: counts.actioned,
      restored: counts.restoredAfterAppeal + counts.restoredWithoutAppeal,
    })),
    causes: causes.slice(0, causesMax),
  };
}

function valueOf(
  name: FigureName,
  counts: SpanCounts,
  prevalence: Figure,
): Pick<QuarterFigure, 'value' | 'low' | 'high' | 'note'> {
  if (name === 'prevalence') {
    if (prevalence.value === null) return { value: null, note: prevalence.why };
    const { value, low, high, labels, method } = prevalence;
    return { value, low, high, note: `${labels} labels. ${method}` };
  }
  if (name !== 'proactiveRate') return { value: counts[name] };
  const known = counts.actioned - counts.proactiveUnknown;
  return known === 0
    ? { value: null, note: 'No account was actioned of which is known whether it had been reported.' }
    : { value: counts.proactive / known };
}
