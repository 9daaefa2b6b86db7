import assert from 'node:assert/strict';
import type { EventType } from '../domain/event.ts';
import type { CampaignKind } from './campaigns/kinds.ts';
import { campaignKinds } from './campaigns/kinds.ts';
import { toCloudEvent } from './cloud-event.ts';
import type { Account } from './community.ts';
import { Community } from './community.ts';
import type { Customs } from './customs/customs.ts';
import { sampleCustoms } from './customs/sample.ts';
import { EventQueue } from './event-queue.ts';
import type { Setting } from './life.ts';
import { Life } from './life.ts';
import { Random } from './random.ts';
import type { AssignedRecruit } from './recruitment.ts';
import { recruitAll } from './recruitment.ts';
import { planReviews } from './reviews.ts';
import { dayMs } from './time.ts';
import { createWorld } from './world.ts';

export interface SimulationOptions {
  /** Any safe integer. The same options give the same bytes. */
  readonly seed: number;
  /** Accounts in all, honest and fake: 1 to 10,000,000. */
  readonly accounts: number;
  /** Midnight of the first day, epoch milliseconds; default 2026-10-05T00:00:00Z, a Monday and the start of a term. */
  readonly startMs?: number;
  /** Simulated days, at least 1; default 14. */
  readonly days?: number;
  /** Kinds of campaigns; default all. They share the fakes among them; with none, everybody is honest. */
  readonly campaigns?: readonly CampaignKind[];
  /** Whether people judge some accounts after a while: `account.labelled` events among the others. Default no. */
  readonly reviews?: boolean;
  /** What is usual on the platform; default as in the sample world. */
  readonly customs?: Customs;
}

export interface SimulatedEvent {
  /** One CloudEvent as JSON text, without a line break. */
  readonly json: string;
  /** The account id: the Kafka key. */
  readonly subject: string;
  readonly timeMs: number;
  readonly type: EventType;
}

export interface GroundTruth {
  readonly accountId: string;
  readonly label: 'fake' | 'genuine';
  /** `honest:<segment>` or `campaign:<kind>:<n>`, n counting the instances of a kind from 1. */
  readonly segment: string;
  /** When the account was made: the time of its first signup event, or before the stream began. */
  readonly createdMs: number;
}

export interface Simulation {
  /** All events in the order of time. Each call runs through the same events from the beginning. */
  readonly events: () => Iterable<SimulatedEvent>;
  /** One entry an account, in the order of creation. */
  readonly truth: readonly GroundTruth[];
}

/** Streams of random numbers of one seed: the set-up, each account's own (from 1 on), and the identifiers of events. */
const setUpStream = 0;
const accountStreamFirst = 1;
const eventIdStream = 2 ** 32 - 1;
const reviewStreamFirst = 2 ** 31;

/**
 * Simulates the signups and the activity of a platform's accounts.
 *
 * Memory: about half a kilobyte an account from the start, about one and a half at the peak. An account's events are
 * planned when its first one is due and dropped once they are written, so that only those still to come of accounts that
 * exist are held. What happens to an account follows from the options and its position alone.
 */
export function simulate(options: SimulationOptions): Simulation {
  const {
    seed,
    accounts: total,
    startMs = Date.UTC(2026, 9, 5),
    days = 14,
    campaigns = campaignKinds,
    reviews = false,
    customs = sampleCustoms,
  } = options;
  assert(Number.isInteger(total) && total >= 1 && total <= 10_000_000, 'accounts is an integer from 1 to 10,000,000');
  assert(days >= 1 && days <= 366, 'days is from 1 to 366');
  assert(Number.isSafeInteger(startMs), 'startMs is an integer');
  const random = new Random(seed, setUpStream);
  const setting = { random, world: createWorld(random, total, customs), startMs, endMs: startMs + days * dayMs };
  const recruits = recruitAll(setting, total, campaigns);
  const ids = drawAccountIds(random, total);
  const accounts = recruits.map(({ createdMs, country, joins }, index): Account => {
    return { id: ids[index] as string, createdMs, country, joins };
  });
  const community = new Community(random, accounts, customs.community, startMs);
  return {
    truth: recruits.map(({ label, segment, createdMs }, index) => {
      return { accountId: ids[index] as string, label, segment, createdMs };
    }),
    events: () => generateEvents(seed, setting, community, recruits, accounts, reviews),
  };
}

/** Plans each account when it is due, and writes what is earliest. */
function* generateEvents(
  seed: number,
  setting: Setting,
  community: Community,
  recruits: readonly AssignedRecruit[],
  accounts: readonly Account[],
  reviews: boolean,
): Generator<SimulatedEvent, void, undefined> {
  const queue = new EventQueue();
  const idRandom = new Random(seed, eventIdStream);
  const { createdAt } = setting.world.customs.clients;
  let next = 0;
  while (true) {
    const dueMs = queue.peek()?.timeMs ?? Infinity;
    const account = accounts[next];
    if (account !== undefined && account.createdMs <= dueMs) {
      const life = new Life(account, new Random(seed, accountStreamFirst + next), setting.world, community, setting);
      const recruit = recruits[next];
      recruit?.live(life);
      if (reviews && recruit !== undefined) planReviews(life, recruit, new Random(seed, reviewStreamFirst + next));
      for (const event of life.planned) queue.push(event);
      next += 1;
      continue;
    }
    const event = queue.pop();
    if (event === undefined) return;
    const { account: subject, timeMs, type } = event;
    yield { json: toCloudEvent(event, idRandom, createdAt), subject: subject.id, timeMs, type };
  }
}

/** `acc_` and 8 to 10 letters and digits, drawn after everything is in the order of time: they tell nothing. */
function drawAccountIds(random: Random, count: number): readonly string[] {
  const ids = new Set<string>();
  while (ids.size < count) ids.add(`acc_${random.base36(random.integer(8, 10))}`);
  return [...ids];
}
