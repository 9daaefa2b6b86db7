import { strengthOf } from '../../domain/decision.ts';
import { count, share } from '../page/say.ts';
import type { PlatformReport } from './platform-report.ts';

/** Genuine accounts of a part below which a share says nothing of it. */
const genuineMin = 50;
/** Wrongly blocked accounts of a part below which they are no pattern. */
const wrongedMin = 3;
/** A rule that acts and is no better than this is worth a look. */
const precisionWanted = 0.9;
/** A campaign of which less was acted on got through. */
const actedWanted = 0.5;
const namedMax = 4;

/** What a person would look at next, most pressing first: a sentence each. Pure. */
export function nextSteps(report: Omit<PlatformReport, 'next'>): readonly string[] {
  return [
    ...doubtfulRules(report),
    ...wrongedParts(report),
    ...missedCampaigns(report),
    ...shadowRules(report),
    ...waiting(report),
    ...silentRules(report),
    ...missingLabels(report),
  ];
}

function doubtfulRules({ rules }: Facts): string[] {
  return rules
    .filter(({ isShadow, fires, precision }) => !isShadow && fires > 0 && precision.kind === 'estimated')
    .flatMap(({ id, action, precision }) =>
      precision.kind === 'estimated' && precision.high < precisionWanted
        ? [
            `The rule ${id} asks for ${action} and is right for ${share(precision.share)} of its accounts, ${share(precision.high)} at best: put it into shadow, or let it wait for the score (score_min).`,
          ]
        : [],
    );
}

function wrongedParts({ parts, ends, accounts }: Facts): string[] {
  const usual = ends.block / accounts;
  const worst = parts
    .filter(({ genuine, wronged }) => genuine >= genuineMin && wronged >= wrongedMin)
    .toSorted((first, second) => second.wronged / second.genuine - first.wronged / first.genuine)[0];
  if (worst === undefined || usual === 0) return [];
  const { part, value, wronged, genuine } = worst;
  return [
    `Genuine accounts are wrongly blocked most often where ${part} is ${value}: ${count(wronged)} of ${count(genuine)} (${share(wronged / genuine)}). Look at them before anybody appeals.`,
  ];
}

function missedCampaigns({ campaigns }: Facts): string[] {
  const missed = campaigns.filter(({ acted, accounts }) => acted / accounts < actedWanted);
  if (missed.length === 0) return [];
  const named = missed.toSorted((first, second) => second.accounts - first.accounts).slice(0, namedMax);
  const words = named.map(
    ({ segment, acted, accounts }) => `${segment} (${count(acted)} of ${count(accounts)} acted on)`,
  );
  return [
    `${count(missed.length)} campaigns got mostly through: ${words.join(', ')}${missed.length > namedMax ? ' and others' : ''}. See what their accounts have in common.`,
  ];
}

function shadowRules({ rules }: Facts): string[] {
  return rules
    .filter(({ isShadow, fires }) => isShadow && fires > 0)
    .map(({ id, fires, unique, precision }) => {
      const found = `The shadow rule ${id} fired on ${count(fires)} ${fires === 1 ? 'account' : 'accounts'}, ${count(unique)} of which nothing else asked as much for`;
      if (precision.kind === 'not-enough-labels')
        return `${found}; there are not enough labels to say how many are fake.`;
      const { share: right, low } = precision;
      return `${found}; ${share(right)} are fake, ${share(low)} at least. winnow compare --with-shadow-rules says what would change.`;
    });
}

function waiting({ ends }: Facts): string[] {
  if (ends.review === 0) return [];
  return [
    `${count(ends.review)} accounts stand in review in the end: somebody has to look, or they are free when its time is over.`,
  ];
}

function silentRules({ rules }: Facts): string[] {
  const silent = rules.filter(({ fires }) => fires === 0).map(({ id }) => id);
  if (silent.length === 0) return [];
  return [
    `${count(silent.length)} rules never fired: ${silent.join(', ')}. Either the attack is not there, or the rule does not see it.`,
  ];
}

function missingLabels({ figures, truth }: Facts): string[] {
  const { drawn, judged, actions } = figures;
  if (drawn === 0)
    return ['No sample was drawn, so precision and recall are not known: let the policy draw one (samples).'];
  const missing = actions.filter(({ precision }) => precision.kind === 'not-enough-labels').map(({ action }) => action);
  const strongest = missing.toSorted((first, second) => strengthOf(second) - strengthOf(first));
  if (judged < drawn && truth === null)
    return [
      `${count(drawn - judged)} accounts of the samples have no answer yet: ask people about them (winnow queue --samples).`,
    ];
  if (strongest.length === 0) return [];
  return [
    `The samples are too small for the precision of ${strongest.join(' and ')}: raise the probabilities, or wait for more campaigns.`,
  ];
}

type Facts = Omit<PlatformReport, 'next'>;
