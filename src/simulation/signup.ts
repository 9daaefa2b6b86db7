import type { EventContext, SignupData, Status } from '../domain/event.ts';
import type { Life } from './life.ts';
import { openSession } from './life.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import { weighted } from './random.ts';
import { dayMs, hourMs, minuteMs, secondMs } from './time.ts';

/** How somebody signs up. Durations in milliseconds. */
export interface SignupManner {
  readonly formMs: (random: Random) => number;
  readonly captchaMs: (random: Random) => number;
  readonly referrer: (random: Random) => string | undefined;
  /** Chance that a first try is seen as `attempted` or `failed` before one succeeds. */
  readonly stumbles: number;
  /** Chance that a contact is verified, and how long the answer takes. */
  readonly verifies: number;
  readonly verifyAfterMs: (random: Random) => number;
  /** Chance that the profile is filled in afterwards. */
  readonly fillsProfile: number;
}

const referrer = weighted<string | undefined>([
  [undefined, 30],
  ['search', 18],
  ['direct', 16],
  ['ads', 12],
  ['invite', 12],
  ['social', 12],
]);

/** Typed by hand, or filled in by a browser or password manager within seconds. */
export const personManner: SignupManner = {
  formMs: (random) => (random.chance(0.16) ? autofillMs(random) : Math.max(4_000, random.logNormal(34_000, 0.62))),
  captchaMs: (random) => Math.max(900, random.logNormal(6_800, 0.55)),
  referrer,
  stumbles: 0.16,
  verifies: 0.84,
  verifyAfterMs: (random) =>
    random.chance(0.85) ? random.logNormal(38_000, 0.9) : random.logNormal(2.5 * hourMs, 1.2),
  fillsProfile: 0.55,
};

export function autofillMs(random: Random): number {
  return Math.max(900, random.logNormal(4_200, 0.6));
}

/** The signup, its verification and the filled-in profile. Returns when it had succeeded, or `undefined` if it never did. */
export function signUp(life: Life, profile: Profile, manner: SignupManner): number | undefined {
  const { random, account } = life;
  const { signups } = life.world.customs;
  const session = openSession(life, profile, account.createdMs);
  const source = manner.referrer(random);
  const attempt = (timeMs: number, status: Status): void => {
    life.plan(timeMs, 'account.signup', signupData(life, profile, manner, status, source, session));
  };
  if (!account.joins) {
    attempt(account.createdMs, random.chance(0.4) ? 'attempted' : 'failed');
    return undefined;
  }
  let timeMs = account.createdMs;
  if (random.chance(manner.stumbles * signups.stumbleScale)) {
    attempt(timeMs, random.chance(0.5) ? 'attempted' : 'failed');
    timeMs += Math.max(3 * secondMs, random.logNormal(35 * secondMs, 0.8));
  }
  attempt(timeMs, 'succeeded');
  verify(life, profile, manner, timeMs, session);
  fillProfile(life, profile, manner, timeMs, session);
  return timeMs;
}

function signupData(
  life: Life,
  profile: Profile,
  manner: SignupManner,
  status: Status,
  source: string | undefined,
  context: EventContext,
): SignupData {
  const { random } = life;
  const { signups, people } = life.world.customs;
  const { identity, contacts } = profile;
  const formMs = random.chanceOrCertain(signups.autofillShare) ? autofillMs(random) : undefined;
  return {
    status,
    context,
    ...(contacts !== 'phone' && { email: identity.email }),
    ...(contacts !== 'email' && { phone: identity.phone }),
    ...(random.chanceOrCertain(signups.username) && {
      username: people.givesUsernames ? givenUsername(life.account.id) : identity.username,
    }),
    ...(random.chanceOrCertain(signups.displayName) && { display_name: identity.displayName }),
    ...(random.chanceOrCertain(signups.formTimed) && {
      form_ms: Math.round(formMs ?? manner.formMs(random) * signups.formScale),
    }),
    ...(random.chanceOrCertain(signups.captchaTimed) && { captcha_ms: Math.round(manner.captchaMs(random)) }),
    ...(source !== undefined && random.chanceOrCertain(signups.referrer) && { referrer: source }),
  };
}

/** What a platform gives to those who do not choose: it says nothing of who gets it. */
function givenUsername(accountId: string): string {
  let number = 0;
  for (const sign of accountId) number = (number * 31 + sign.charCodeAt(0)) % 10_000_000;
  return `user${String(number).padStart(7, '0')}`;
}

function verify(life: Life, profile: Profile, manner: SignupManner, fromMs: number, context: EventContext): void {
  const { random } = life;
  const { signups } = life.world.customs;
  if (!random.chance(manner.verifies * signups.verifyScale)) return;
  const channel =
    profile.contacts === 'email' || (profile.contacts === 'both' && random.chance(0.3)) ? 'email' : 'phone';
  const plan = (status: Status, afterMs: number): void => {
    life.plan(fromMs + afterMs, 'account.verified', {
      channel,
      status,
      context,
      ...(random.chanceOrCertain(signups.verifyTimed) && { after_ms: Math.round(afterMs) }),
    });
  };
  const afterMs = Math.min(2 * dayMs, Math.max(2 * secondMs, manner.verifyAfterMs(random) * signups.verifyDelayScale));
  if (random.chance(0.06)) plan('failed', afterMs * random.between(0.3, 0.9));
  plan('succeeded', afterMs);
}

function fillProfile(life: Life, profile: Profile, manner: SignupManner, fromMs: number, context: EventContext): void {
  const { random } = life;
  if (!random.chance(manner.fillsProfile * life.world.customs.signups.profileScale)) return;
  const soon = random.chance(0.7);
  const timeMs = fromMs + (soon ? random.logNormal(4 * minuteMs, 0.8) : random.exponential(2 * dayMs));
  const session = soon ? context : openSession(life, profile, timeMs);
  life.plan(timeMs, 'account.profile_updated', {
    context: session,
    ...(random.chance(0.3) && { display_name: profile.identity.displayName }),
    ...(profile.bio !== undefined && { bio: profile.bio }),
    ...(profile.avatarHash !== undefined && { avatar_hash: profile.avatarHash }),
  });
}
