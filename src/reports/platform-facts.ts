import type { Action } from '../domain/decision.ts';
import { keywords, type Keyword } from './statements/statement.ts';

/** The language of each account by its number in the archive, as the platform says. */
export type Languages = ReadonlyMap<number, string>;

/** What only the platform knows, as section `reports` of the configuration has it. What is undefined is not known, and never made up. */
export interface PlatformFacts {
  readonly service: string | undefined;
  /** The actions by which the platform restricts an account. */
  readonly restricting: readonly Action[];
  readonly blockIs: 'suspension' | 'termination' | undefined;
  readonly userReportsAre: 'notices' | 'other' | undefined;
  readonly keywordOfRule: ReadonlyMap<string, Keyword>;
  readonly statements: {
    readonly ground: string | undefined;
    readonly groundUrl: string | undefined;
    readonly explanation: string | undefined;
    readonly isIllegal: boolean | undefined;
    readonly territories: readonly string[];
  };
}

/** Names a setting that has to be set. */
export interface MissingFact {
  readonly setting: string;
  /** What it says. */
  readonly meaning: string;
}

const service = { setting: 'reports.service', meaning: 'the name of the service, as the report has it' };
const blockIs = {
  setting: 'reports.blockIs',
  meaning: 'whether the platform suspends or terminates whom Winnow blocks',
};
const userReports = {
  setting: 'reports.userReportsAre',
  meaning: 'whether what users report is a notice under Article 16',
};

/** What a harmonised report cannot do without. */
export function missingForHarmonised(facts: PlatformFacts): readonly MissingFact[] {
  return [
    ...(facts.service === undefined ? [service] : []),
    ...(facts.restricting.includes('block') && facts.blockIs === undefined ? [blockIs] : []),
    ...(facts.userReportsAre === undefined ? [userReports] : []),
  ];
}

/** What a statement of reasons cannot do without. */
export function missingForStatements(facts: PlatformFacts): readonly MissingFact[] {
  const { ground, explanation, territories } = facts.statements;
  return [
    ...missingForHarmonised({ ...facts, service: facts.service ?? '' }),
    ...(ground === undefined
      ? [{ setting: 'reports.dsa.ground', meaning: 'the section of the terms that fake accounts break' }]
      : []),
    ...(explanation === undefined
      ? [{ setting: 'reports.dsa.explanation', meaning: 'why an account that is not genuine breaks that section' }]
      : []),
    ...(territories.length === 0
      ? [{ setting: 'reports.dsa.territorialScope', meaning: 'the states in which the restriction holds' }]
      : []),
  ];
}

/** The most specific sub-category that a rule of the decision stands for; an inauthentic account without one. */
export function keywordOf(rules: readonly string[], keywordOfRule: PlatformFacts['keywordOfRule']): Keyword {
  for (const rule of rules) {
    const keyword = keywordOfRule.get(rule);
    if (keyword !== undefined) return keyword;
  }
  return 'KEYWORD_INAUTHENTIC_ACCOUNTS';
}

/** Reads `rule-id=KEYWORD_…`; undefined for what is none. */
export function parseRuleKeyword(text: string): readonly [rule: string, keyword: Keyword] | undefined {
  const at = text.indexOf('=');
  const keyword = keywords.find((one) => one === text.slice(at + 1));
  return at < 1 || keyword === undefined ? undefined : [text.slice(0, at), keyword];
}
