import assert from 'node:assert/strict';
import type { Period } from '../period.ts';
import type { PlatformFacts } from '../platform-facts.ts';
import type { ComplaintCount, HarmonisedCounts } from './counts.ts';
import { fillSheet, readTemplate, type Row, type Sheet } from './template.ts';

/** Part 7: complaints and what came of them. What the record does not hold stays empty and says why; nothing is 0 that is not known to be. */

const valueColumn = 'Value';
const contextColumn = 'Contextual Information';
const complaints = 'Number of complaints submitted to the internal-complaints mechanism';
const newRestrictions = 'Number of restrictions newly imposed as a result of an internal complaint';
const about = {
  account: 'Complaint regarding a decision to suspend or terminate an account ',
  service: 'Complaint regarding a decision to suspend or terminate the provision of the service',
} as const;

const decided =
  'Complaints about decisions of Winnow that were decided in the period. Those that are still open are not in its record.';
const noMedian = 'Not known: no complaint says when it was sent (asked_at).';
const hourMs = 3_600_000;
const noPartial = 'An accepted complaint lifts the whole restriction.';
const notHeld = 'Not in the record of Winnow: to be filled by the platform.';

export function fillPart7(counts: HarmonisedCounts, facts: PlatformFacts, period: Period): Sheet {
  const { account, service, unknown } = counts.complaints;
  const byIndicator = new Map([
    [complaints, together([account, service, unknown])],
    [about.account, account],
    [about.service, service],
  ]);
  const orphans = unknown.upheld + unknown.reversed;
  const totalContext =
    orphans === 0
      ? decided
      : `${decided} Of ${orphans} it is not known what they were about, since the account was forgotten or the decision is not in the record.`;
  return fillSheet(readTemplate(7), facts.service ?? '', period, (row) => {
    const indicator = row.get('Indicator');
    const count = byIndicator.get(indicator);
    if (count !== undefined) fillComplaints(row, count, indicator === complaints ? totalContext : decided);
    else if (indicator === newRestrictions) put(row, counts.imposedByComplaint, 'Restrictions that came of an appeal.');
    else row.set(contextColumn, notHeld);
  });
}

function fillComplaints(row: Row, count: ComplaintCount, totalContext: string): void {
  const { upheld, reversed } = count;
  switch (row.get('Scope')) {
    case 'Total number':
      put(row, upheld + reversed, totalContext);
      break;
    case 'Decisions upheld':
      put(row, upheld, '');
      break;
    case 'Decisions partially reversed':
      put(row, 0, noPartial);
      break;
    case 'Decisions reversed':
      put(row, reversed, '');
      break;
    case 'Median time':
      putMedian(row, count);
      break;
    default:
      row.set(contextColumn, notHeld);
  }
}

function together(counts: readonly ComplaintCount[]): ComplaintCount {
  return {
    upheld: counts.reduce((sum, { upheld }) => sum + upheld, 0),
    reversed: counts.reduce((sum, { reversed }) => sum + reversed, 0),
    tookMs: counts.flatMap(({ tookMs }) => tookMs),
  };
}

/** Hours, from the sending of the complaint to the decision. */
function putMedian(row: Row, { upheld, reversed, tookMs }: ComplaintCount): void {
  if (tookMs.length === 0) {
    row.set(contextColumn, noMedian);
    return;
  }
  const sorted = tookMs.toSorted((first, second) => first - second);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2 / hourMs;
  row.set(valueColumn, String(Number(median.toFixed(2))));
  row.set(
    contextColumn,
    `Hours. Of ${tookMs.length} complaints of ${upheld + reversed}, those that say when they were sent.`,
  );
}

function put(row: Row, value: number, context: string): void {
  row.set(valueColumn, String(value));
  row.set(contextColumn, context);
}

/** Throws where outcomes do not add up to their total, or what complaints were about to more than all of them. */
export function checkPart7({ header, rows }: Sheet): void {
  const at = (column: string): number => header.indexOf(column);
  const valueOf = (indicator: string, scope: string): number =>
    Number(rows.find((row) => row[at('Indicator')] === indicator && row[at('Scope')] === scope)![at(valueColumn)]);
  const totals = [complaints, about.account, about.service].map((indicator) => {
    const all = valueOf(indicator, 'Total number');
    const outcomes = ['Decisions upheld', 'Decisions partially reversed', 'Decisions reversed'];
    const sum = outcomes.reduce((former, scope) => former + valueOf(indicator, scope), 0);
    assert.equal(sum, all, `outcomes of "${indicator}" add up`);
    return all;
  });
  assert(totals[1]! + totals[2]! <= totals[0]!, 'no more complaints about something than there were');
}
