import type { ContentCreatedData, EventContext, RequestSentData } from '../domain/event.ts';
import type { Account } from './community.ts';
import type { Life } from './life.ts';
import { openSession } from './life.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import { weighted } from './random.ts';
import { dayMs, hourMs, minuteMs, secondMs, wakingMoment } from './time.ts';

/** How somebody uses the platform once inside. */
export interface Habits {
  /** Sittings a day while the account is new; interest fades with a half-life of about four days to a third. */
  readonly sessionsPerDay: number;
  /** Mean number of things done in a sitting. */
  readonly actionsPerSession: number;
  /** Share of the actions that are requests to others. */
  readonly requestShare: number;
  /** Chance of coming to one trending post. */
  readonly trendShare: number;
}

export const personHabits: Habits = {
  sessionsPerDay: 0.34,
  actionsPerSession: 1.85,
  requestShare: 0.3,
  trendShare: 0.006,
};

const verb = weighted<RequestSentData['verb']>([
  ['friend', 45],
  ['follow', 45],
  ['invite', 10],
]);
const kind = weighted<ContentCreatedData['kind']>([
  ['like', 42],
  ['comment', 20],
  ['message', 21],
  ['post', 17],
]);
const loginMethod = weighted<'password' | 'otp' | 'oauth' | 'passkey'>([
  ['password', 62],
  ['otp', 18],
  ['oauth', 14],
  ['passkey', 6],
]);

/** Everyday use from `fromMs` to the end: the sitting of the signup goes on, others follow in the rhythm of the day. */
export function liveOrdinarily(life: Life, profile: Profile, habits: Habits, fromMs: number): void {
  const { random } = life;
  const sessionsPerDay = Math.min(40, habits.sessionsPerDay * random.logNormal(0.75, 0.75));
  if (random.chance(Math.min(0.75, habits.sessionsPerDay)))
    sitting(life, profile, habits, fromMs + random.exponential(3 * minuteMs), false);
  for (let dayStartMs = fromMs - (fromMs % dayMs); dayStartMs < life.endMs; dayStartMs += dayMs) {
    const interest = 0.35 + 0.65 * Math.exp(-(dayStartMs - fromMs) / (5 * dayMs));
    const sessions = random.poisson(sessionsPerDay * interest);
    for (let session = 0; session < sessions; session += 1) {
      const timeMs = wakingMoment(random, dayStartMs, profile.timeZone.utcOffsetMinutes);
      if (timeMs > fromMs + hourMs) sitting(life, profile, habits, timeMs, random.chance(0.55));
    }
  }
  followTrends(life, profile, habits, fromMs);
}

/** One sitting: perhaps a login, then some actions with a minute or so between them. */
function sitting(life: Life, profile: Profile, habits: Habits, fromMs: number, withLogin: boolean): void {
  const { random } = life;
  const session = openSession(life, profile, fromMs);
  let timeMs = fromMs;
  if (withLogin) timeMs = logIn(life, session, timeMs);
  for (let left = random.poisson(habits.actionsPerSession); left > 0; left -= 1) {
    timeMs += 4 * secondMs + random.exponential(80 * secondMs);
    if (random.chance(habits.requestShare)) {
      askSomebody(
        life,
        profile,
        session,
        timeMs,
        verb(random),
        life.community.acquaintance(random, timeMs, life.account),
      );
    } else {
      const chosen = kind(random);
      const target = chosen === 'post' ? undefined : life.community.acquaintance(random, timeMs, life.account);
      publish(life, profile, session, timeMs, chosen, target);
    }
  }
}

/** A login, some of them after a wrong password. Returns when it had succeeded. */
export function logIn(life: Life, session: EventContext, fromMs: number): number {
  const method = loginMethod(life.random);
  let timeMs = fromMs;
  if (life.random.chance(0.07)) {
    life.plan(timeMs, 'account.login', { status: 'failed', context: session, method });
    timeMs += 3 * secondMs + life.random.exponential(20 * secondMs);
  }
  life.plan(timeMs, 'account.login', { status: 'succeeded', context: session, method });
  return timeMs;
}

/**
 * A request and, later, its answer. Its outcome depends on the one who asks. The answer has no context: it is the
 * other side's client that gave it.
 */
export function askSomebody(
  life: Life,
  profile: Profile,
  session: EventContext,
  timeMs: number,
  how: RequestSentData['verb'],
  target: Account | undefined,
): void {
  if (target === undefined) return;
  const { random } = life;
  life.plan(timeMs, 'social.request_sent', { context: session, verb: how, target: target.id });
  const accepted = random.chance(profile.appeal);
  const outcome = accepted ? 'accepted' : random.chance(0.35) ? 'rejected' : 'expired';
  const waitMs =
    outcome === 'expired' ? 3 * dayMs : Math.min(3 * dayMs, 5 * secondMs + random.logNormal(2 * hourMs, 1.5));
  life.plan(timeMs + waitMs, 'social.request_answered', { verb: how, target: target.id, outcome });
}

/** A post, comment, message or like. Likes have no text. */
export function publish(
  life: Life,
  profile: Profile,
  session: EventContext,
  timeMs: number,
  what: ContentCreatedData['kind'],
  target: Account | undefined,
): void {
  if (target === undefined && what !== 'post') return;
  const { random } = life;
  const links = what === 'like' ? [] : profile.voice.links(random);
  life.plan(timeMs, 'content.created', {
    context: session,
    kind: what,
    ...(target !== undefined && { target: target.id }),
    ...(what !== 'like' && { text_hash: profile.voice.textHash(random) }),
    ...(links.length > 0 && { link_domains: links }),
  });
}

/** Comes to some trending posts within minutes, as many others do. */
function followTrends(life: Life, profile: Profile, habits: Habits, fromMs: number): void {
  const { random } = life;
  for (const trend of life.community.trends) {
    if (trend.timeMs < fromMs || trend.author === life.account || !random.chance(habits.trendShare)) continue;
    const timeMs = trend.timeMs + random.logNormal(9 * minuteMs, 0.9);
    const session = openSession(life, profile, timeMs);
    if (random.chance(0.7)) publish(life, profile, session, timeMs, 'like', trend.author);
    else askSomebody(life, profile, session, timeMs, 'follow', trend.author);
  }
}

/** How often others report an account: a chance that it happens at all, then one to a few times. */
export interface Unpopularity {
  readonly chance: number;
  readonly reportsMean: number;
  readonly reason: (random: Random) => 'fake' | 'spam' | 'abuse' | 'other';
}

/** Honest people are reported too: quarrels, mistakes, and now and then with reason. */
export const personUnpopularity: Unpopularity = {
  chance: 0.018,
  reportsMean: 1.3,
  reason: weighted([
    ['abuse', 34],
    ['other', 26],
    ['spam', 24],
    ['fake', 16],
  ]),
};

/** Plans reports between `fromMs` and the end. They carry no context: it is the reporter's client that sent them. */
export function sufferReports(life: Life, { chance, reportsMean, reason }: Unpopularity, fromMs: number): void {
  const { random } = life;
  if (!random.chance(chance)) return;
  for (let left = 1 + random.poisson(reportsMean - 1); left > 0; left -= 1) {
    const timeMs = random.between(fromMs + 10 * minuteMs, Math.max(fromMs + hourMs, life.endMs));
    const reporter = life.community.stranger(random, timeMs, life.account);
    life.plan(timeMs, 'account.reported', {
      reason: reason(random),
      ...(reporter !== undefined && random.chance(0.9) && { reporter: reporter.id }),
    });
  }
}
