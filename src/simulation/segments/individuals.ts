import { personHabits, personUnpopularity } from '../activity.ts';
import { oddUsername } from '../population/usernames.ts';
import { relayMailbox } from '../population/identity.ts';
import { autofillMs, personManner } from '../signup.ts';
import type { Segment } from './segment.ts';
import { individuals } from './segment.ts';

export const ordinary: Segment = { name: 'ordinary', recruit: individuals() };

/** Reads, and does almost nothing. */
export const lurker: Segment = {
  name: 'lurker',
  recruit: individuals(() => ({
    conduct: {
      habits: { sessionsPerDay: 0.08, actionsPerSession: 0.4, requestShare: 0.2, trendShare: 0.001 },
      manner: { ...personManner, fillsProfile: 0.15, verifies: 0.6 },
    },
  })),
};

/** Many requests, many posts, many links: as busy as a campaign's account. */
export const powerUser: Segment = {
  name: 'power-user',
  recruit: individuals((life) => ({
    profile: { appeal: life.random.between(0.35, 0.9) },
    conduct: {
      habits: {
        sessionsPerDay: 2.3,
        actionsPerSession: 4.5,
        requestShare: life.random.between(0.15, 0.6),
        trendShare: 0.05,
      },
      unpopularity: { ...personUnpopularity, chance: 0.1, reportsMean: 1.8 },
    },
  })),
};

/** Password managers and one-tap signups: forms filled in within a second or a few. */
export const fastForm: Segment = {
  name: 'fast-form',
  recruit: individuals(() => ({
    conduct: {
      manner: {
        ...personManner,
        formMs: (random) => (random.chance(0.3) ? Math.max(450, random.logNormal(1_400, 0.5)) : autofillMs(random)),
        captchaMs: (random) => Math.max(700, random.logNormal(3_500, 0.5)),
        verifyAfterMs: (random) => random.logNormal(12_000, 0.6),
      },
    },
  })),
};

/** Hides the mailbox behind a relay. */
export const relayMail: Segment = {
  name: 'relay-mail',
  recruit: individuals((life, { identity }) => ({
    profile: { identity: { ...identity, email: relayMailbox(life.random) }, contacts: 'email' },
  })),
};

/** Whose username is digits or cannot be said aloud, and often the mailbox too. */
export const oddName: Segment = {
  name: 'odd-username',
  recruit: individuals((life, { identity }) => {
    const username = oddUsername(identity.name, life.random);
    const email = life.random.chance(0.5)
      ? `${username}@${identity.email.split('@')[1] ?? 'gmail.com'}`
      : identity.email;
    return { profile: { identity: { ...identity, username, email } } };
  }),
};

/** Genuine, and reported all the same: loud, disliked, or taken for somebody else. */
export const reportedGenuine: Segment = {
  name: 'reported-genuine',
  recruit: individuals((life) => ({
    profile: { appeal: life.random.between(0.15, 0.6) },
    conduct: {
      habits: { ...personHabits, sessionsPerDay: 0.7, requestShare: 0.4 },
      unpopularity: { ...personUnpopularity, chance: 1, reportsMean: 2.4 },
    },
  })),
};
