import type { Extractor, Feature } from '../feature.ts';
import { labelColumn, type EntityKind } from '../state.ts';

const labels =
  'Facebook Deep Entity Classification, USENIX Security 2021: labels of people, never the model\u2019s own decisions';
/** One fake and one genuine account are assumed beforehand, so that a first judgement does not condemn a whole address. */
const priorAccounts = 1;

function fakeShare(kind: EntityKind): Extractor {
  const fake = labelColumn(kind, 'fake');
  const genuine = labelColumn(kind, 'genuine');
  return (_facts, values, row) => {
    const judged = values[row + fake]! + values[row + genuine]!;
    return judged === 0 ? NaN : (values[row + fake]! + priorAccounts) / (judged + 2 * priorAccounts);
  };
}

/** What people have found about the other accounts of an address, a device, a mailbox, a domain, a group. */
export const reputationFeatures: readonly Feature[] = [
  {
    name: 'ip_fake_share',
    group: 'reputation',
    definition: 'Share of the accounts of this address that people found fake, with one of each assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: 'no address in the event, or none of its accounts judged',
    source: labels,
    reason: 'A share of {value} of the judged accounts of this address was found fake',
    extract: fakeShare('ip'),
  },
  {
    name: 'device_fake_share',
    group: 'reputation',
    definition: 'Share of the accounts of this device that people found fake, with one of each assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: 'no device in the event, or none of its accounts judged',
    source: labels,
    reason: 'A share of {value} of the judged accounts of this device was found fake',
    extract: fakeShare('device'),
  },
  {
    name: 'mailbox_fake_share',
    group: 'reputation',
    definition: 'Share of the accounts of this mailbox that people found fake, with one of each assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: 'not a signup, or none of the mailbox judged',
    source: labels,
    reason: 'A share of {value} of the judged accounts of this mailbox was found fake',
    extract: fakeShare('mailbox'),
  },
  {
    name: 'email_domain_fake_share',
    group: 'reputation',
    definition:
      'Share of the accounts of this e-mail domain that people found fake, with one of each assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: 'not a signup, or none of the domain judged',
    source: labels,
    reason: 'A share of {value} of the judged accounts of this e-mail domain was found fake',
    extract: fakeShare('email_domain'),
  },
  {
    name: 'cohort_fake_share',
    group: 'reputation',
    definition:
      'Share of the accounts of this group of accounts made alike that people found fake, with one of each assumed beforehand.',
    unit: 'share',
    range: [0, 1],
    missing: 'not a signup, or none of the group judged',
    source: labels,
    reason: 'A share of {value} of the judged accounts of this group of accounts made alike was found fake',
    extract: fakeShare('cohort'),
  },
];
