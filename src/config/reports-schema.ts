import { eeaStates } from '../domain/eea-states.ts';
import { checkedList, milliseconds, optionalText, secret, section, subset } from './setting.ts';

/** A text that says something, without blanks at its ends, which the database would take away. */
function textUpTo(lengthMax: number): RegExp {
  return new RegExp(`^(?=.{1,${lengthMax}}$)\\S(.*\\S)?$`, 'su');
}

const never = 'Never made up: `winnow report` refuses without it.';

/** What `winnow report` cannot know of a platform. Nothing else reads it. */
export const reports = section({
  service: optionalText({
    expected: 'a text of 1 to 500 characters',
    example: 'Example Social',
    pattern: textUpTo(500),
    reason: `The name of the service in a harmonised report. ${never}`,
    change: 'You make harmonised reports.',
  }),
  restricting: subset(['challenge', 'review', 'block'], {
    default: ['block'],
    reason:
      'The actions by which the platform restricts an account. What does not restrict needs no statement, and counts as no measure.',
    change: 'The platform withholds a part of the service from whom Winnow challenges or has reviewed.',
  }),
  blockIs: optionalText({
    expected: 'suspension or termination',
    example: 'suspension',
    pattern: /^(suspension|termination)$/,
    reason: `What the platform does with an account that is blocked: can it be lifted, or is it final. ${never}`,
    change: 'You make statements of reasons or harmonised reports.',
  }),
  userReportsAre: optionalText({
    expected: 'notices or other',
    example: 'other',
    pattern: /^(notices|other)$/,
    reason: `Whether what users report (\`account.reported\`) is a notice under Article 16 of the DSA. ${never}`,
    change: 'You make statements of reasons or harmonised reports.',
  }),
  ruleKeywords: checkedList({
    expected: 'a rule and a keyword of the DSA, such as poses-as-staff=KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING',
    example: 'poses-as-staff=KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING',
    check: (entry) =>
      /^[a-z][a-z0-9-]*=KEYWORD_(INAUTHENTIC_(ACCOUNTS|LISTINGS|USER_REVIEWS)|IMPERSONATION_ACCOUNT_HIJACKING|PHISHING|PYRAMID_SCHEMES)$/.test(
        entry,
      ),
    entriesMax: 256,
    reason:
      'Rules that find something more specific than an inauthentic account. The first rule of a decision that is named counts.',
    change: 'A rule finds accounts that pose as somebody, or that are made for phishing.',
  }),
  dsa: section({
    url: optionalText({
      expected: 'an https address of 1 to 500 characters, or http on the own machine',
      example: 'https://transparency.dsa.ec.europa.eu/api/v1',
      pattern: /^(?=.{1,500}$)(https:\/\/[^\s/?#@]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)(\/[^\s?#]*)?$/,
      reason:
        'The interface of the database of statements of reasons. The only connection that `winnow report` opens, and only `winnow report dsa` without --dry-run or --out.',
      change: 'You send statements. Try the sandbox of the Commission first.',
    }),
    token: secret({
      expected: 'a text of 1 to 1024 characters without blanks',
      remedy: 'Give the token that the database shows to the platform.',
      pattern: /^\S{1,1024}$/,
      reason: 'Says to the database who sends. A new one makes the former invalid.',
      change: 'You send statements.',
    }),
    timeoutMs: milliseconds({
      default: 30_000,
      min: 1_000,
      max: 300_000,
      reason: 'How long to wait for an answer. What was sent and not answered is asked for before it is sent again.',
      change: 'The line is slow.',
    }),
    ground: optionalText({
      expected: 'a text of 1 to 500 characters',
      example: 'Terms of service, section 3.2: one real person, one account',
      pattern: textUpTo(500),
      reason: `The section of the terms that an account that is not genuine breaks. ${never}`,
      change: 'You make statements of reasons.',
    }),
    groundUrl: optionalText({
      expected: 'an address of 1 to 500 characters',
      example: 'https://example.com/terms#fake-accounts',
      pattern:
        /^(?=.{1,500}$)https?:\/\/[a-z0-9][a-z0-9.-]*(:\d{1,5})?([/?#]([a-z0-9._~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})*(#([a-z0-9._~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})*)?)?$/i,
      reason: 'Where that section can be read.',
      change: 'The terms are on the web.',
    }),
    explanation: optionalText({
      expected: 'a text of 1 to 1000 characters',
      example: 'An account that was made by automated means, or to deceive, is not the account of one real person.',
      pattern: textUpTo(1_000),
      reason: `Why such an account breaks that section; what Winnow tells the person concerned is added. ${never}`,
      change: 'You make statements of reasons.',
    }),
    illegal: optionalText({
      expected: 'yes or no',
      example: 'no',
      pattern: /^(yes|no)$/,
      reason: 'Whether the platform holds such accounts to be illegal too. Left out, the statement does not say.',
      change: 'Your counsel says so.',
    }),
    territorialScope: checkedList({
      expected: 'a state of the EEA as two capital letters, Greece as GR, or all',
      example: 'DE',
      check: (entry) => entry === 'all' || eeaStates.includes(entry),
      entriesMax: 31,
      reason: `The states in which the restriction holds. ${never}`,
      change: 'You make statements of reasons: `all`, where accounts are restricted everywhere.',
    }),
  }),
});
