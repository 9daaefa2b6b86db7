import type { UnreadableMember } from '../domain/event.ts';
import { failureCatalogue } from '../domain/failure-catalogue.ts';
import type { FailureCode } from '../domain/failure.ts';
import { formatCount } from './style.ts';

/**
 * Lines that count for nothing, most frequent reason first, for a person: `9 lines left out`, and a line for each reason with
 * what it means. Empty where there were none.
 */
export function describeLeftOut(counts: Readonly<Partial<Record<FailureCode, number>>>): string {
  const reasons = (Object.entries(counts) as [FailureCode, number][]).toSorted(
    ([, first], [, second]) => second - first,
  );
  if (reasons.length === 0) return '';
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${formatCount(total)} ${total === 1 ? 'line' : 'lines'} left out:`,
    ...reasons.map(([code, count]) => `  ${formatCount(count)} ${code}: ${failureCatalogue[code].meaning}`),
  ].join('\n');
}

/** Members that said nothing that can be read, for a person. Empty where there were none. */
export function describeUnreadable(counts: Readonly<Partial<Record<UnreadableMember, number>>>): string {
  const members = Object.entries(counts).toSorted(([, first], [, second]) => second - first);
  if (members.length === 0) return '';
  const told = members.map(([member, count]) => `${member} in ${formatCount(count)}`);
  return `Events of which a member says nothing that can be read: ${told.join(', ')}.`;
}

/** Labels that told nothing, for a person. Empty where there were none. */
export function describeUnusedLabels(count: number): string {
  if (count === 0) return '';
  return `${formatCount(count)} ${count === 1 ? 'label is of an account' : 'labels are of accounts'} without an event here.`;
}
