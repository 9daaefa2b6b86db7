import { amongSeveral, from, reason, upTo } from '../reason.ts';
import { counter, ratio, type Extractor, type Feature } from '../feature.ts';
import { snapshotColumn } from '../state.ts';

const requesting = 'Xu et al., Facebook SybilEdge, WWW 2020: how requests are answered tells who asks';
const reports = 'Facebook Deep Entity Classification, USENIX Security 2021';
/** One accepted and one refused answer are assumed beforehand, so that a first answer does not decide. */
const priorAnswers = 1;

function acceptance(): Extractor {
  const good = snapshotColumn('account', 'answers_good', '7d');
  const bad = snapshotColumn('account', 'answers_bad', '7d');
  return (_facts, values, row) => {
    const answers = values[row + good]! + values[row + bad]!;
    return answers === 0 ? NaN : (values[row + good]! + priorAnswers) / (answers + 2 * priorAnswers);
  };
}

function answeredShare(): Extractor {
  const good = snapshotColumn('account', 'answers_good', '7d');
  const bad = snapshotColumn('account', 'answers_bad', '7d');
  const sentColumn = snapshotColumn('account', 'requests', '7d');
  return (_facts, values, row) => {
    const sent = values[row + sentColumn]!;
    return sent === 0 ? NaN : (values[row + good]! + values[row + bad]!) / sent;
  };
}

/** What the account asks of others, and what they make of it. */
export const socialFeatures: readonly Feature[] = [
  {
    name: 'account_requests_10m',
    group: 'activity',
    definition: 'Requests sent in 10 minutes.',
    unit: 'requests',
    range: [0, Infinity],
    missing: 'never',
    source: requesting,
    reason: reason('contact', from(3), 'The account sent {value} requests in 10 minutes'),
    extract: counter('account', 'requests', '10m'),
  },
  {
    name: 'account_requests_1h',
    group: 'activity',
    definition: 'Requests sent in 1 hour.',
    unit: 'requests',
    range: [0, Infinity],
    missing: 'never',
    source: requesting,
    reason: reason('contact', from(5), 'The account sent {value} requests in 1 hour'),
    extract: counter('account', 'requests', '1h'),
  },
  {
    name: 'account_requests_24h',
    group: 'activity',
    definition: 'Requests sent in 24 hours.',
    unit: 'requests',
    range: [0, Infinity],
    missing: 'never',
    source: requesting,
    reason: reason('contact', from(10), 'The account sent {value} requests in 24 hours'),
    extract: counter('account', 'requests', '24h'),
  },
  {
    name: 'account_acceptance_ratio_7d',
    group: 'activity',
    definition:
      'Share of answered requests that were accepted in 7 days, with one answer of each kind assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: 'no answer in 7 days',
    source: requesting,
    reason: reason('contact', upTo(0.3), 'Most of those who answered the account’s requests said no'),
    extract: acceptance(),
  },
  {
    name: 'account_reports_24h',
    group: 'activity',
    definition: 'Reports against the account in 24 hours.',
    unit: 'reports',
    range: [0, Infinity],
    missing: 'never',
    source: reports,
    reason: reason('reports', from(1), 'The account was reported [once|{value} times] in 24 hours'),
    extract: counter('account', 'reports', '24h'),
  },
  {
    name: 'account_reporters_7d',
    group: 'activity',
    definition: 'Different accounts that reported this one in 7 days.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: 'never',
    source: reports,
    reason: reason('reports', from(1), '{value} [person|different people] reported the account in 7 days'),
    extract: counter('account', 'reporters', '7d'),
  },
  {
    name: 'account_answered_share_7d',
    group: 'activity',
    definition: 'Answers received over requests sent in 7 days.',
    unit: 'share',
    range: [0, Infinity],
    missing: 'no request in 7 days',
    source: requesting,
    reason: reason(
      'contact',
      upTo(0.5),
      'Of the account’s requests, {value} were answered at all',
      amongSeveral('account_requests_24h'),
    ),
    extract: answeredShare(),
  },
  {
    name: 'account_report_rate_7d',
    group: 'activity',
    definition: 'Reports against the account over its events of 7 days.',
    unit: 'reports per event',
    range: [0, Infinity],
    missing: 'no event in 7 days',
    source: reports,
    reason: reason('reports', from(0.05), (rate) => {
      if (rate > 1) return 'The account was reported more often than it acted';
      const things = Math.round(1 / rate);
      const about = Math.abs(things - 1 / rate) > 0.01 ? 'about ' : '';
      return `The account was reported ${about}once for every ${things === 1 ? 'thing' : `${things} things`} that it did`;
    }),
    extract: ratio(snapshotColumn('account', 'reports', '7d'), snapshotColumn('account', 'events', '7d')),
  },
];
