import { reason } from '../reason.ts';
import type { Extractor, Feature } from '../feature.ts';
import { unlessStandIn } from '../learned-stand-ins.ts';
import { labelColumn, type EntityKind } from '../state.ts';

const labels =
  'Facebook Deep Entity Classification, USENIX Security 2021: labels of people, never the model\u2019s own decisions';
/** One fake and one genuine account are assumed beforehand, so that few judgements say little. */
const priorAccounts = 1;
/**
 * Fewer judged accounts than this are no reputation: who makes one account on somebody's device, and lets it be found out, would
 * condemn its owner with it. Judgements halve as they fade (`history/judgement.ts`), so three that are old are not enough either.
 */
const judgedAccountsMin = 3;

function fakeShare(kind: EntityKind): Extractor {
  const fake = labelColumn(kind, 'fake');
  const genuine = labelColumn(kind, 'genuine');
  return (_facts, values, row) => {
    const judged = values[row + fake]! + values[row + genuine]!;
    return judged >= judgedAccountsMin ? (values[row + fake]! + priorAccounts) / (judged + 2 * priorAccounts) : NaN;
  };
}

const tooFew = 'or fewer than three other accounts of it judged of late';

/** What people have found, not long ago, about several other accounts of an address, a device, a mailbox, a domain, a group. */
export const reputationFeatures: readonly Feature[] = [
  {
    name: 'ip_fake_share',
    group: 'reputation',
    definition:
      'Share of the other accounts of this address that people found fake: a judgement weighs half after each 90 days, and one of each kind is assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: `no address in the event, ${tooFew}`,
    source: labels,
    reason: reason(
      'related',
      (share) => share > 0.5,
      'Of the other accounts of this address that people judged of late, more were fake than genuine',
    ),
    extract: fakeShare('ip'),
  },
  {
    name: 'device_fake_share',
    group: 'reputation',
    definition:
      'Share of the other accounts of this device that people found fake: a judgement weighs half after each 90 days, and one of each kind is assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: `no device in the event, one that stands for many, ${tooFew}`,
    source: labels,
    reason: reason(
      'related',
      (share) => share > 0.5,
      'Of the other accounts of this device that people judged of late, more were fake than genuine',
    ),
    extract: unlessStandIn('device', fakeShare('device')),
  },
  {
    name: 'mailbox_fake_share',
    group: 'reputation',
    definition:
      'Share of the other accounts of this mailbox that people found fake: a judgement weighs half after each 90 days, and one of each kind is assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: `not a signup, ${tooFew}`,
    source: labels,
    reason: reason(
      'related',
      (share) => share > 0.5,
      'Of the other accounts of this mailbox that people judged of late, more were fake than genuine',
    ),
    extract: fakeShare('mailbox'),
  },
  {
    name: 'email_domain_fake_share',
    group: 'reputation',
    definition:
      'Share of the other accounts of this e-mail domain that people found fake: a judgement weighs half after each 90 days, and one of each kind is assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: `not a signup, ${tooFew}`,
    source: labels,
    reason: reason(
      'related',
      (share) => share > 0.5,
      'Of the other accounts with this e-mail domain that people judged of late, more were fake than genuine',
    ),
    extract: fakeShare('email_domain'),
  },
  {
    name: 'cohort_fake_share',
    group: 'reputation',
    definition:
      'Share of the other accounts of this group of accounts made alike that people found fake: a judgement weighs half after each 90 days, and one of each kind is assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: `not a signup, ${tooFew}`,
    source: labels,
    reason: reason(
      'related',
      (share) => share > 0.5,
      'Of the other accounts made exactly alike that people judged of late, more were fake than genuine',
    ),
    extract: fakeShare('cohort'),
  },
];
