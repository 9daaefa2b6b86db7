import type { Estimates } from '../figure.ts';
import type { Period } from '../period.ts';
import type { Languages, PlatformFacts } from '../platform-facts.ts';
import { readTurns } from '../read-turns.ts';
import type { ReportRecord } from '../record.ts';
import { HarmonisedCounter } from './counts.ts';
import { checkPart6, fillPart6 } from './part-6.ts';
import { checkPart7, fillPart7 } from './part-7.ts';
import { checkPart8, fillPart8 } from './part-8.ts';
import type { Part, Sheet } from './template.ts';

/**
 * The parts of the harmonised report that follow from decisions, by the record up to a cut-off: the same record and cut-off give the same cells.
 * The sums that the regulation asks for are checked, and a report of which they do not hold is never returned.
 * @param facts from which nothing is missing that the report needs.
 * @param estimate asked once all decisions have been read
 * @param languages where the platform does not say them, the rows by language stay empty
 */
export async function harmonisedReport(
  record: ReportRecord,
  period: Period,
  cutOffMs: number,
  facts: PlatformFacts,
  estimate: () => Promise<Estimates>,
  languages?: Languages,
): Promise<Readonly<Record<Part, Sheet>>> {
  const counter = new HarmonisedCounter(period, facts, languages ?? new Map());
  await readTurns(record, cutOffMs, facts.restricting, (turn) => counter.take(turn));
  const counts = counter.counts();
  const sheets = {
    6: fillPart6(counts, facts, period),
    7: fillPart7(counts, facts, period),
    8: fillPart8(counts, await estimate(), facts, period, languages !== undefined),
  };
  checkPart6(sheets[6]);
  checkPart7(sheets[7]);
  checkPart8(sheets[8], counts);
  return sheets;
}
