import type { ContentCreatedData, EventContext, RequestSentData } from '../domain/event.ts';
import type { Account } from './community.ts';
import type { TalkCustoms } from './customs/customs.ts';
import type { Life } from './life.ts';
import { movedOn, openSession } from './life.ts';
import { commonDevice } from './population/devices.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import { weighted } from './random.ts';
import { dayMs, hourMs, minuteMs, secondMs, wakingMoment } from './time.ts';

/** How somebody uses the platform once inside. */
export interface Habits {
  /** Sittings a day while the account is new; interest fades as is usual on the platform. */
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

/** Everyday use from `fromMs` to the end: the sitting of the signup goes on, others follow in the rhythm of the day. */
export function liveOrdinarily(life: Life, profile: Profile, habits: Habits, fromMs: number): void {
  const { random } = life;
  const { use } = life.world.customs;
  const usualPerDay = habits.sessionsPerDay * use.sessionScale;
  const sessionsPerDay = Math.min(40, usualPerDay * random.logNormal(0.75, use.busynessSigma));
  if (random.chance(Math.min(0.75, usualPerDay)))
    sitting(life, profile, habits, fromMs + random.exponential(3 * minuteMs), false);
  const firstMs = Math.max(fromMs, life.startMs);
  for (let dayStartMs = firstMs - (firstMs % dayMs); dayStartMs < life.endMs; dayStartMs += dayMs) {
    const fading = Math.exp(-(dayStartMs - fromMs) / (use.interestDays * dayMs));
    const interest = use.interestFloor + (1 - use.interestFloor) * fading;
    const sessions = random.poisson(sessionsPerDay * interest);
    for (let session = 0; session < sessions; session += 1) {
      const timeMs = wakingMoment(random, dayStartMs, profile.timeZone.utcOffsetMinutes, use.hour);
      if (timeMs > fromMs + hourMs) sitting(life, profile, habits, timeMs, random.chance(use.loginShare));
    }
  }
  followTrends(life, profile, habits, fromMs);
}

/** One sitting: perhaps a login, then some actions with a minute or so between them, or quick talk with somebody. */
export function sitting(life: Life, profile: Profile, habits: Habits, fromMs: number, withLogin: boolean): void {
  const { random } = life;
  const { use } = life.world.customs;
  const session = openSession(life, profile, fromMs);
  let timeMs = fromMs;
  if (withLogin) timeMs = logIn(life, session, timeMs);
  if (random.chanceOrCertain(use.talk.share)) {
    talk(life, profile, session, timeMs, use.talk, partner(life, timeMs));
    return;
  }
  for (let left = random.poisson(habits.actionsPerSession * use.actionScale); left > 0; left -= 1) {
    timeMs += (4 * secondMs + random.exponential(80 * secondMs)) * use.pauseScale;
    const now = movedOn(life, profile, session, timeMs);
    if (random.chance(habits.requestShare ** use.requestExponent)) {
      askSomebody(life, profile, now, timeMs, use.verb(random), partner(life, timeMs));
    } else {
      const chosen = use.content(random);
      const target = chosen === 'post' ? undefined : partner(life, timeMs);
      publish(life, profile, now, timeMs, chosen, target);
    }
  }
}

/** Writes to one person, as long as the talk lasts; what the other one writes back is the other one's. */
export function talk(
  life: Life,
  profile: Profile,
  session: EventContext,
  fromMs: number,
  { messagesMean, pauseMeanMs }: Omit<TalkCustoms, 'share'>,
  target: Account | undefined,
): void {
  const { random } = life;
  let timeMs = fromMs;
  for (let left = 1 + random.poisson(random.exponential(messagesMean)); left > 0; left -= 1) {
    timeMs += secondMs + random.exponential(pauseMeanMs);
    publish(life, profile, movedOn(life, profile, session, timeMs), timeMs, 'message', target);
  }
}

/** Whom somebody turns to: a friend, or whom one comes across. */
function partner(life: Life, timeMs: number): Account | undefined {
  const { random, community, world } = life;
  const friend = random.chanceOrCertain(world.customs.community.friendShare) ? life.friend() : undefined;
  return friend ?? community.acquaintance(random, timeMs, life.account);
}

/** A login, some of them after a wrong password. Returns when it had succeeded. */
export function logIn(life: Life, session: EventContext, fromMs: number): number {
  const { loginMethod, loginFailureShare } = life.world.customs.use;
  const method = loginMethod(life.random);
  let timeMs = fromMs;
  if (life.random.chance(loginFailureShare)) {
    life.plan(timeMs, 'account.login', { status: 'failed', context: session, method });
    timeMs += 3 * secondMs + life.random.exponential(20 * secondMs);
  }
  life.plan(timeMs, 'account.login', { status: 'succeeded', context: session, method });
  return timeMs;
}

/**
 * A request and, later, its answer. Its outcome depends on the one who asks. The answer has no context of the account's own:
 * it is the other side's client that gave it.
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
  const { community } = life.world.customs;
  life.plan(timeMs, 'social.request_sent', { context: session, verb: how, target: target.id });
  const accepted = random.chance(profile.appeal ** community.acceptExponent);
  const outcome = accepted ? 'accepted' : random.chance(0.35) ? 'rejected' : 'expired';
  const thinkingMs = (): number => 5 * secondMs + random.logNormal(2 * hourMs * community.answerDelayScale, 1.5);
  const waitMs = outcome === 'expired' ? 3 * dayMs : Math.min(3 * dayMs, thinkingMs());
  if (outcome === 'expired' && !community.expiryTold) return;
  if (!random.chanceOrCertain(community.answeredShare)) return;
  life.plan(timeMs + waitMs, 'social.request_answered', {
    ...actorContext(life, target),
    verb: how,
    target: target.id,
    outcome,
  });
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
  const { community, texts } = life.world.customs;
  const links = what === 'like' ? [] : profile.voice.links(random);
  life.plan(timeMs, 'content.created', {
    context: session,
    kind: what,
    ...(target !== undefined && random.chanceOrCertain(community.targetNamed) && { target: target.id }),
    ...(what !== 'like' && random.chanceOrCertain(texts.hashed) && { text_hash: profile.voice.textHash(random) }),
    ...(links.length > 0 && { link_domains: links }),
  });
}

/** Comes to some trending posts within minutes, as many others do. */
function followTrends(life: Life, profile: Profile, habits: Habits, fromMs: number): void {
  const { random } = life;
  for (const trend of life.community.trends) {
    if (
      trend.timeMs < fromMs ||
      trend.author === life.account ||
      !random.chance(habits.trendShare * life.world.customs.community.trendScale)
    )
      continue;
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

/** Where the platform sends it, the context of another account's client, which acts on this one. */
function actorContext(life: Life, actor: Account): { readonly context?: EventContext } {
  const { clients } = life.world.customs;
  if (!clients.actorContext) return {};
  const device = commonDevice(life.random, actor.country);
  return {
    context: { ip: life.world.homeAddress(life.random, actor.country), device_id: device.id, screen: device.screen },
  };
}

/**
 * Plans reports between `fromMs` and the end. They carry no context of the account's own: it is the reporter's client that sent
 * them.
 */
export function sufferReports(life: Life, { chance, reportsMean, reason }: Unpopularity, fromMs: number): void {
  const { random } = life;
  const { reports } = life.world.customs;
  if (!random.chance(chance * reports.scale)) return;
  const firstMs = Math.max(fromMs, life.startMs);
  for (let left = 1 + random.poisson(reportsMean - 1); left > 0; left -= 1) {
    const timeMs = random.between(firstMs + 10 * minuteMs, Math.max(firstMs + hourMs, life.endMs));
    const reporter = life.community.stranger(random, timeMs, life.account);
    life.plan(timeMs, 'account.reported', {
      ...(reporter !== undefined && actorContext(life, reporter)),
      reason: reason(random),
      ...(reporter !== undefined && random.chance(reports.reporterNamed) && { reporter: reporter.id }),
    });
  }
}
