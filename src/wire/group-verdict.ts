import type { GroupVerdictData } from '../domain/event.ts';
import {
  cohortPattern,
  groupActions,
  groupEdgeKinds,
  groupHolds,
  termsPattern,
  type GroupVerdict,
} from '../domain/group-verdict.ts';
import type { WireEvent } from './event-schema.ts';
import { isObject } from './primitives.ts';
import { verdictId } from './verdict-id.ts';

type WireVerdict = Extract<WireEvent, { type: 'account.group_verdict' }>;

/** The value of a record on the topic of verdicts. The same verdict gives the same text. */
export function encodeVerdict(verdict: GroupVerdict): string {
  const { cohort, subject, action, due, heldBy, revision, kinds, ties, size, terms, timeMs } = verdict;
  const wire: WireVerdict = {
    specversion: '1.0',
    type: 'account.group_verdict',
    source: 'winnow',
    id: verdictId(verdict),
    subject,
    time: new Date(timeMs).toISOString(),
    data: {
      cohort,
      action,
      due,
      held_by: [...heldBy],
      revision,
      kinds: [...kinds],
      ties: ties.map(({ kind, accounts }) => ({ kind, accounts })),
      size,
      ...(terms === undefined ? {} : { terms }),
    },
  };
  return JSON.stringify(wire);
}

type Unchecked<T> = { readonly [K in keyof T]?: unknown };

/** Whether the members of a verdict are there and as its schema says: the fast equal of it. */
export function isGroupVerdict(data: Unchecked<GroupVerdictData>): boolean {
  return (
    typeof data.cohort === 'string' &&
    cohortPattern.test(data.cohort) &&
    isOneOf(groupActions, data.action) &&
    isOneOf(groupActions, data.due) &&
    isListOf(data.held_by, groupHolds.length, (hold) => isOneOf(groupHolds, hold)) &&
    isWholeFrom(1, data.revision) &&
    isListOf(data.kinds, groupEdgeKinds.length, (kind) => isOneOf(groupEdgeKinds, kind)) &&
    (data.kinds as readonly unknown[]).length > 0 &&
    isListOf(data.ties, groupEdgeKinds.length, isTie) &&
    isWholeFrom(2, data.size) &&
    (data.terms === undefined || (typeof data.terms === 'string' && termsPattern.test(data.terms)))
  );
}

function isTie(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kind, accounts } = value as Unchecked<GroupVerdictData['ties'][number]>;
  return isOneOf(groupEdgeKinds, kind) && isWholeFrom(2, accounts);
}

function isListOf(value: unknown, lengthMax: number, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= lengthMax && value.every(isItem);
}

function isWholeFrom(min: number, value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min;
}

function isOneOf(values: readonly string[], value: unknown): boolean {
  return values.includes(value as string);
}
