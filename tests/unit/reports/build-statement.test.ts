import { describe, expect, it } from 'vitest';
import { buildStatement, type DecisionWords } from '../../../src/reports/statements/build-statement.ts';
import { missingForStatements } from '../../../src/reports/platform-facts.ts';
import type { Restriction } from '../../../src/reports/restrictions.ts';
import { dayMs, factsOf, startMs } from './rows.ts';
import { faultsOf } from './statement-schema.ts';

const restriction: Restriction = {
  decision: `dec_${'5c1b0e6a2f7d4e90'.repeat(2)}`,
  account: 1,
  timeMs: startMs + dayMs,
  measure: 'account',
  finding: { isDetectedByMachine: true, automation: 'fully', source: 'own' },
  rules: ['bulk-signup-from-device'],
  createdMs: startMs,
  cause: 'event' as const,
  wasReported: false,
  isOfComplaint: false,
};
const words: DecisionWords = {
  publicTexts: ['Many accounts were created from the same device in a short time.', 'The form was filled in very fast'],
  model: 'starter 2026.11.1',
  policy: '7',
};

function built(changes: Partial<Restriction> = {}, facts = factsOf()) {
  const result = buildStatement(
    { ...restriction, ...changes },
    words,
    facts,
    changes.createdMs ?? restriction.createdMs,
  );
  if (!result.ok) throw new Error(result.unknown.join());
  return result.statement;
}

describe('a statement of reasons', () => {
  it('says what was done, when, on which ground and how it was found', () => {
    expect(built()).toEqual({
      puid: restriction.decision,
      decision_account: 'DECISION_ACCOUNT_SUSPENDED',
      decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT',
      decision_ground_reference_url: 'https://example.com/terms#fake-accounts',
      incompatible_content_ground: 'Terms of service, section 3.2: one real person, one account',
      incompatible_content_explanation:
        'An account that was made to deceive is not the account of one real person. Many accounts were created from the same device in a short time. The form was filled in very fast.',
      incompatible_content_illegal: 'No',
      content_type: ['CONTENT_TYPE_OTHER'],
      content_type_other: 'user account',
      category: 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD',
      category_specification: ['KEYWORD_INAUTHENTIC_ACCOUNTS'],
      territorial_scope: ['DE', 'FR'],
      content_date: '2026-01-01',
      application_date: '2026-01-02',
      decision_facts:
        'Automated analysis of how the account was registered and used found that it is not genuine. Many accounts were created from the same device in a short time. The form was filled in very fast. Policy version 7, model starter 2026.11.1.',
      source_type: 'SOURCE_VOLUNTARY',
      automated_detection: 'Yes',
      automated_decision: 'AUTOMATED_DECISION_FULLY',
    });
    expect(faultsOf(built())).toEqual([]);
  });

  it('takes a reporting user for a notice only where the platform says so', () => {
    const finding = { ...restriction.finding, source: 'report' } as const;
    expect(built({ finding }).source_type).toBe('SOURCE_TYPE_OTHER_NOTIFICATION');
    expect(built({ finding }, factsOf({ userReportsAre: 'notices' })).source_type).toBe('SOURCE_ARTICLE_16');
  });

  it('names the more specific keyword of a rule, and whether the measure is final', () => {
    const statement = built({ rules: ['other', 'poses-as-staff'] }, factsOf({ blockIs: 'termination' }));
    expect(statement.category_specification).toEqual(['KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING']);
    expect(statement.decision_account).toBe('DECISION_ACCOUNT_TERMINATED');
  });

  it.each([
    ['nobody knows it', null],
    ['it is before the first day that is taken', Date.UTC(1999, 11, 31)],
    ['it is after the decision', startMs + 2 * dayMs],
  ])('is not made where the day of registration is not known: %s', (_, createdMs) => {
    expect(buildStatement(restriction, words, factsOf(), createdMs)).toEqual({
      ok: false,
      unknown: ['registration-day'],
    });
  });

  it('is told which facts only the platform knows', () => {
    const unset = {
      ground: undefined,
      groundUrl: undefined,
      explanation: undefined,
      isIllegal: undefined,
      territories: [],
    };
    const facts = factsOf({ blockIs: undefined, userReportsAre: undefined, statements: unset });
    expect(missingForStatements(facts).map(({ setting }) => setting)).toEqual([
      'reports.blockIs',
      'reports.userReportsAre',
      'reports.dsa.ground',
      'reports.dsa.explanation',
      'reports.dsa.territorialScope',
    ]);
    expect(missingForStatements(factsOf())).toEqual([]);
  });
});
