import assert from 'node:assert/strict';
import { limits } from '../../domain/limits.ts';
import type { Finding } from '../finding.ts';
import { dayOf } from '../period.ts';
import { keywordOf, type PlatformFacts } from '../platform-facts.ts';
import type { Restriction } from '../restrictions.ts';
import {
  applicationDays,
  contentDays,
  explanationLengthMax,
  factsLengthMax,
  groundLengthMax,
  type Statement,
} from './statement.ts';

/** What a decision says in words fit for the public, and who spoke. */
export interface DecisionWords {
  /** Public texts of its reasons, the strongest first. */
  readonly publicTexts: readonly string[];
  readonly model: string;
  readonly policy: string;
}

/** What is not known about an account, so that there can be no statement. */
export const unknownFacts = ['registration-day', 'existence', 'decision-day'] as const;
export type UnknownFact = (typeof unknownFacts)[number];

export type BuiltStatement =
  | { readonly ok: true; readonly statement: Statement }
  | { readonly ok: false; readonly unknown: readonly UnknownFact[] };

/**
 * The statement of reasons of a restriction. Pure; what it returns fits the schema whatever the decision says.
 *
 * The database is public, and thousands of statements side by side would tell where the bounds of rules are: facts are told in the words that
 * the person concerned is told, without numbers.
 *
 * @param facts from which nothing is missing that a statement needs.
 * @param createdMs when the account was registered; null where nobody knows.
 */
export function buildStatement(
  restriction: Restriction,
  words: DecisionWords,
  facts: PlatformFacts,
  createdMs: number | null,
): BuiltStatement {
  const { ground, groundUrl, explanation, isIllegal, territories } = facts.statements;
  assert(ground !== undefined && explanation !== undefined && territories.length > 0);
  assert(facts.userReportsAre !== undefined);
  const applicationDay = dayOf(restriction.timeMs);
  const contentDay = createdMs === null ? undefined : dayOf(createdMs);
  const unknown: UnknownFact[] = [];
  if (!isTaken(applicationDay, applicationDays)) unknown.push('decision-day');
  if (contentDay === undefined || !isTaken(contentDay, contentDays) || contentDay > applicationDay)
    unknown.push('registration-day');
  if (unknown.length > 0) return { ok: false, unknown };
  const { finding } = restriction;
  // What a person found is told to the person concerned in words that add nothing here.
  const texts = finding.automation === 'fully' ? words.publicTexts : [];
  const statement: Statement = {
    puid: restriction.decision,
    ...measureOf(restriction, facts),
    decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT',
    ...(groundUrl === undefined ? {} : { decision_ground_reference_url: groundUrl }),
    incompatible_content_ground: cut(ground, groundLengthMax),
    incompatible_content_explanation: cut(sentences([explanation, ...texts]), explanationLengthMax),
    ...(isIllegal === undefined ? {} : { incompatible_content_illegal: isIllegal ? 'Yes' : 'No' }),
    content_type: ['CONTENT_TYPE_OTHER'],
    content_type_other: 'user account',
    category: 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD',
    category_specification: [keywordOf(restriction.rules, facts.keywordOfRule)],
    territorial_scope: territories,
    content_date: contentDay!,
    application_date: applicationDay,
    decision_facts: factsOf(finding, texts, words),
    source_type: sourceOf(finding, facts.userReportsAre),
    automated_detection: finding.isDetectedByMachine ? 'Yes' : 'No',
    automated_decision: automationOf[finding.automation],
  };
  return { ok: true, statement };
}

function measureOf({ measure }: Restriction, { blockIs }: PlatformFacts): Partial<Statement> {
  if (measure === 'service') return { decision_provision: 'DECISION_PROVISION_PARTIAL_SUSPENSION' };
  assert(blockIs !== undefined);
  const isFinal = blockIs === 'termination';
  return { decision_account: isFinal ? 'DECISION_ACCOUNT_TERMINATED' : 'DECISION_ACCOUNT_SUSPENDED' };
}

const automationOf = {
  fully: 'AUTOMATED_DECISION_FULLY',
  partly: 'AUTOMATED_DECISION_PARTIALLY',
  none: 'AUTOMATED_DECISION_NOT_AUTOMATED',
} as const satisfies Record<Finding['automation'], Statement['automated_decision']>;

function sourceOf(
  { source }: Finding,
  userReportsAre: NonNullable<PlatformFacts['userReportsAre']>,
): Statement['source_type'] {
  if (source === 'own') return 'SOURCE_VOLUNTARY';
  return source === 'report' && userReportsAre === 'notices' ? 'SOURCE_ARTICLE_16' : 'SOURCE_TYPE_OTHER_NOTIFICATION';
}

const foundBy: Readonly<Record<Finding['automation'], Readonly<Record<'machine' | 'person', string>>>> = {
  fully: {
    machine: 'Automated analysis of how the account was registered and used found that it is not genuine',
    person: 'A notification from outside the platform said that the account is not genuine',
  },
  partly: {
    machine: 'Automated analysis asked for a look at the account, and a person found that it is not genuine',
    person: 'A person found that the account is not genuine',
  },
  none: {
    machine: 'A person found that the account is not genuine',
    person: 'A person found that the account is not genuine',
  },
};

function factsOf(
  { automation, isDetectedByMachine }: Finding,
  publicTexts: readonly string[],
  { model, policy }: DecisionWords,
): string {
  const found = foundBy[automation][isDetectedByMachine ? 'machine' : 'person'];
  const versions = automation === 'none' ? `Policy version ${policy}` : `Policy version ${policy}, model ${model}`;
  const ending = ` ${sentences([versions])}`;
  return `${cut(sentences([found, ...publicTexts]), factsLengthMax - ending.length)}${ending}`;
}

/** Texts as sentences, each once. */
function sentences(texts: readonly string[]): string {
  const trimmed = texts.map((text) => text.trim()).filter((text) => text !== '');
  return [...new Set(trimmed)].map((text) => (/[.!?]$/.test(text) ? text : `${text}.`)).join(' ');
}

/** At most so many UTF-16 units, cut between characters; without blanks at the ends, which the server takes away. */
function cut(text: string, lengthMax: number): string {
  const within = text.slice(0, lengthMax);
  return within.replace(/[\uD800-\uDBFF]$/, '').trim();
}

function isTaken(day: string, { first, last }: { readonly first: string; readonly last: string }): boolean {
  return first <= day && day <= last;
}

/** Longer than what names a version: the ending of the facts always leaves room for them. */
assert(factsLengthMax > 8 * limits.identifierLengthMax);
