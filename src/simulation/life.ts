import type { EventContext, EventDataByType, EventType } from '../domain/event.ts';
import type { Account, Community } from './community.ts';
import type { Period } from './arrivals.ts';
import type { Country } from './population/countries.ts';
import type { Profile } from './profile.ts';
import { appVersionAt, deviceIdAt, userAgentAt } from './population/devices.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** An event that is going to happen, before it has an envelope. */
export interface PlannedEvent {
  readonly timeMs: number;
  readonly account: Account;
  readonly type: EventType;
  readonly data: EventDataByType[EventType];
}

/**
 * One account's whole course, planned when its time has come. Everything in it follows from the account's own random
 * numbers, the world and the community, so that no account's course depends on the order in which others are planned.
 */
export class Life {
  readonly account: Account;
  readonly random: Random;
  readonly world: World;
  readonly community: Community;
  /** What came before is not in the stream, epoch milliseconds. */
  readonly startMs: number;
  /** Nothing happens from here on, epoch milliseconds. */
  readonly endMs: number;
  readonly planned: PlannedEvent[] = [];
  #friends: readonly number[] | undefined;

  constructor(account: Account, random: Random, world: World, community: Community, period: Period) {
    this.account = account;
    this.random = random;
    this.world = world;
    this.community = community;
    this.startMs = period.startMs;
    this.endMs = period.endMs;
  }

  /** Notes an event down; what would lie before or after the simulated days is left out. */
  plan<T extends EventType>(timeMs: number, type: T, data: EventDataByType[T]): void {
    if (timeMs >= this.startMs && timeMs < this.endMs)
      this.planned.push({ timeMs: Math.round(timeMs), account: this.account, type, data });
  }

  /** One of the few whom this account keeps to: people who were there when it came, or when the stream began. */
  friend(): Account | undefined {
    const { random, account } = this;
    this.#friends ??= Array.from({ length: this.world.customs.community.friends }, () => random.unit());
    const found = this.community.oneAt(random.pick(this.#friends), Math.max(account.createdMs, this.startMs));
    return found === account ? undefined : found;
  }
}

/** An account to come: what must be known of it before its course is planned. */
export interface Recruit {
  /** Time of its first signup event, epoch milliseconds. */
  readonly createdMs: number;
  readonly country: Country;
  readonly joins: boolean;
  /** Plans the course of its life. Called once for every run through the events. */
  readonly live: (life: Life) => void;
}

/** What segments and campaigns are recruited with. `random` is theirs while they recruit, and no longer. */
export interface Setting {
  readonly random: Random;
  readonly world: World;
  readonly startMs: number;
  readonly endMs: number;
}

/** Makes about as many accounts as asked for, exactly that many unless said otherwise. */
export type Recruiter = (setting: Setting, count: number) => readonly Recruit[];

/** The same client at a later act of the sitting: where people are on the way, with another connection. */
export function movedOn(life: Life, profile: Profile, session: EventContext, timeMs: number): EventContext {
  const { random, world } = life;
  if (session.ip === undefined || !random.chanceOrCertain(world.customs.people.roamingShare)) return session;
  return { ...session, ip: profile.connect(random, timeMs).ip };
}

/**
 * The client and connection for the actions of one sitting that begins at `timeMs`. Which members a client leaves out is
 * chance, the same for everybody: their presence tells nothing.
 */
export function openSession(life: Life, profile: Profile, timeMs: number): EventContext {
  const { random } = life;
  const { clients } = life.world.customs;
  const main = profile.devices[0];
  const device = random.chance(0.8) && main !== undefined ? main : random.pick(profile.devices);
  const connection = profile.connect(random, timeMs);
  const appVersion = appVersionAt(device, timeMs);
  return {
    ...(random.chanceOrCertain(clients.ip) && { ip: connection.ip }),
    ...(random.chanceOrCertain(clients.deviceId) && { device_id: deviceIdAt(device, timeMs, clients.deviceIdDays) }),
    ...(random.chanceOrCertain(clients.userAgent) && { user_agent: userAgentAt(device, timeMs, clients.appAgent) }),
    ...(random.chanceOrCertain(clients.locale) && { locale: profile.locale }),
    ...(random.chanceOrCertain(clients.timeZone) && { timezone: connection.timeZone ?? profile.timeZone.name }),
    ...(random.chanceOrCertain(clients.screen) && { screen: device.screen }),
    ...(appVersion !== undefined && random.chanceOrCertain(clients.appVersion) && { app_version: appVersion }),
  };
}
