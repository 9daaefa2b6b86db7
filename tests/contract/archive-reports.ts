import type { Archive } from '../../src/archive/archive.ts';
import { ArchiveEstimates } from '../../src/reports/estimates-of-archive.ts';
import { harmonisedReport } from '../../src/reports/harmonised/harmonised.ts';
import { parseDays } from '../../src/reports/period.ts';
import { quarterReport } from '../../src/reports/quarter/quarter.ts';
import { statementArchive } from '../../src/reports/statements/statement-archive.ts';
import { planStatements } from '../../src/reports/statements/statement-run.ts';
import { factsOf } from '../unit/reports/rows.ts';
import { dayMs, decisionRecord, hourMs, label, request, startMs, wordRecord, type Written } from './archive-records.ts';

/** A story for reports, and all reports of it. */

const accounts = 300;
const period = parseDays('2026-01-01/2026-06-30')!;

/**
 * Of 300 accounts a hundred are blocked, and found fake by reviewers who were asked at random; ten of them appeal and are let go, one is forgotten. The
 * others are looked at and found genuine.
 */
export function storyOfHalfYear(): readonly Written[] {
  return Array.from({ length: accounts }, (_, number): readonly Written[] => {
    const account = `acc_${number}`;
    const atMs = startMs + number * hourMs;
    const isFake = number % 3 === 0;
    const sample = { kind: 'audit' as const, probability: 0.5 };
    const cohort = `coh_${number}`;
    const data = {
      cohort,
      sample,
      account: { exists: true, created: new Date(atMs - dayMs).toISOString(), reported: false },
    };
    const told = wordRecord('account.labelled', account, atMs + dayMs, {
      label: isFake ? 'fake' : 'genuine',
      by: 'review',
    });
    const decided = decisionRecord({ account, atMs, action: isFake ? 'block' : 'review', data });
    if (!isFake || number >= 33) return [decided, told];
    if (number === 30) return [decided, told, request(account, atMs + 2 * dayMs)];
    const cause = { kind: 'label' as const, event_id: 'e', by: 'appeal' as const };
    const lifted = decisionRecord({ account, atMs: atMs + 3 * dayMs, action: 'allow', data: { cause } });
    return [decided, told, label(account, atMs + 3 * dayMs), lifted];
  }).flat();
}

export async function reportsOf(archive: Archive) {
  const cutOffMs = period.untilMs;
  const restricting = ['block'] as const;
  const estimates = new ArchiveEstimates(period, cutOffMs, restricting, { periodMs: Infinity, blockFrom: 0.97 });
  const quarter = await quarterReport(estimates.tap(archive), period, cutOffMs, restricting, () =>
    estimates.finish(archive),
  );
  const sheets = await harmonisedReport(archive, period, cutOffMs, factsOf(), () => estimates.finish(archive));
  const { due } = await planStatements(
    statementArchive(archive, () => cutOffMs),
    period,
    factsOf(),
  );
  return { quarter, sheets, due, figures: Object.fromEntries(quarter.figures.map(({ name, value }) => [name, value])) };
}
