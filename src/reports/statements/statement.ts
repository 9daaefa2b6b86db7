/**
 * A statement of reasons as the EU's transparency database takes it (`POST /api/v1/statements`), as far as an account that is not genuine needs
 * one. Names, values and bounds: github.com/digital-services-act/transparency-database, the checks of its requests. Members without a value
 * are left out, since the server refuses null for most.
 */

export const keywords = [
  'KEYWORD_INAUTHENTIC_ACCOUNTS',
  'KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING',
  'KEYWORD_INAUTHENTIC_LISTINGS',
  'KEYWORD_INAUTHENTIC_USER_REVIEWS',
  'KEYWORD_PHISHING',
  'KEYWORD_PYRAMID_SCHEMES',
] as const;
/** What kind of scam or fraud: sub-categories of STATEMENT_CATEGORY_SCAMS_AND_FRAUD. */
export type Keyword = (typeof keywords)[number];

/** Statements of one request. */
export const statementsMax = 100;
/** Characters. */
export const groundLengthMax = 500;
export const explanationLengthMax = 2_000;
export const factsLengthMax = 5_000;

/** The first and the last day that the database takes: of registration, and of the decision. */
export const contentDays = { first: '2000-01-01', last: '2038-01-01' } as const;
export const applicationDays = { first: '2020-01-01', last: '2038-01-01' } as const;

export interface Statement {
  readonly puid: string;
  readonly decision_account?: 'DECISION_ACCOUNT_SUSPENDED' | 'DECISION_ACCOUNT_TERMINATED';
  readonly decision_provision?: 'DECISION_PROVISION_PARTIAL_SUSPENSION';
  readonly decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT';
  readonly decision_ground_reference_url?: string;
  readonly incompatible_content_ground: string;
  readonly incompatible_content_explanation: string;
  readonly incompatible_content_illegal?: 'Yes' | 'No';
  readonly content_type: readonly ['CONTENT_TYPE_OTHER'];
  readonly content_type_other: string;
  readonly category: 'STATEMENT_CATEGORY_SCAMS_AND_FRAUD';
  readonly category_specification: readonly Keyword[];
  readonly territorial_scope: readonly string[];
  /** The day on which the account was registered. */
  readonly content_date: string;
  /** The day of the decision. */
  readonly application_date: string;
  readonly decision_facts: string;
  readonly source_type: 'SOURCE_ARTICLE_16' | 'SOURCE_TYPE_OTHER_NOTIFICATION' | 'SOURCE_VOLUNTARY';
  readonly automated_detection: 'Yes' | 'No';
  readonly automated_decision:
    'AUTOMATED_DECISION_FULLY' | 'AUTOMATED_DECISION_PARTIALLY' | 'AUTOMATED_DECISION_NOT_AUTOMATED';
}
