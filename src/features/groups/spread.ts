import { counter, type Feature } from '../feature.ts';

const synchrony = 'CopyCatch, WWW 2013, and SynchroTrap, CCS 2014: many accounts, one target, little time';
const sameText = 'Gao et al., "Detecting and Characterizing Social Spam Campaigns", IMC 2010';

/** How many others do the same thing now. */
export const spreadFeatures: readonly Feature[] = [
  {
    name: 'target_actions_10m',
    group: 'spread',
    definition: 'Actions on the same target in 10 minutes.',
    unit: 'actions',
    range: [0, Infinity],
    missing: 'the event has no target',
    source: synchrony,
    reason: '{value} actions pointed at the same target in 10 minutes',
    extract: counter('target', 'actions', '10m'),
  },
  {
    name: 'target_actors_1h',
    group: 'spread',
    definition: 'Different accounts that acted on the same target in 1 hour.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: 'the event has no target',
    source: synchrony,
    reason: '{value} accounts acted on the same target in 1 hour',
    extract: counter('target', 'actors', '1h'),
  },
  {
    name: 'text_uses_1h',
    group: 'spread',
    definition: 'Uses of the same text in 1 hour.',
    unit: 'uses',
    range: [0, Infinity],
    missing: 'the event has no text',
    source: sameText,
    reason: 'The same text was used {value} times in 1 hour',
    extract: counter('text', 'uses', '1h'),
  },
  {
    name: 'text_accounts_24h',
    group: 'spread',
    definition: 'Different accounts that used the same text in 24 hours.',
    unit: 'accounts',
    range: [0, Infinity],
    missing: 'the event has no text',
    source: sameText,
    reason: '{value} accounts used the same text in 24 hours',
    extract: counter('text', 'accounts', '24h'),
  },
];
