import { hash } from 'node:crypto';
import type { GroupVerdict } from '../domain/group-verdict.ts';

/** Hex digits of an id: 128 bits, so that two verdicts never meet. */
const digits = 32;

/**
 * The id of a group's verdict about one account: the same group, account, action and revision always give the same one, so that whoever
 * owns the account takes a verdict once, however often it is sent.
 */
export function verdictId({
  cohort,
  subject,
  action,
  revision,
}: Pick<GroupVerdict, 'cohort' | 'subject' | 'action' | 'revision'>): string {
  return `ver_${hash('sha256', `${cohort} ${subject.length}:${subject} ${action} ${revision}`, 'hex').slice(0, digits)}`;
}
