import type { Config } from '../../config/schema.ts';
import { eeaStates } from '../../domain/eea-states.ts';
import { FailureError } from '../../domain/failure.ts';
import { parseRuleKeyword, type MissingFact, type PlatformFacts } from '../../reports/platform-facts.ts';

/** What the configuration says of the platform. */
export function platformFacts({ reports }: Config): PlatformFacts {
  const { dsa } = reports;
  return {
    service: reports.service,
    restricting: reports.restricting,
    blockIs: reports.blockIs as PlatformFacts['blockIs'],
    userReportsAre: reports.userReportsAre as PlatformFacts['userReportsAre'],
    keywordOfRule: new Map(reports.ruleKeywords.flatMap((entry) => [parseRuleKeyword(entry)!])),
    statements: {
      ground: dsa.ground,
      groundUrl: dsa.groundUrl,
      explanation: dsa.explanation,
      isIllegal: dsa.illegal === undefined ? undefined : dsa.illegal === 'yes',
      territories: dsa.territorialScope.includes('all') ? eeaStates : [...new Set(dsa.territorialScope)],
    },
  };
}

/** Refuses with the whole list, so that it is mended at once. Throws `FailureError` `REPORT_FACTS_MISSING`. */
export function refuseWithout(missing: readonly MissingFact[]): void {
  if (missing.length === 0) return;
  const lines = missing.map(({ setting, meaning }) => `\n  ${setting}: ${meaning}`);
  throw new FailureError({
    code: 'REPORT_FACTS_MISSING',
    message: `${missing.length} not known.${lines.join('')}\n`,
  });
}
