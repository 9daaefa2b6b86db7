import type { ContentCreatedData, LoginData, RequestSentData } from '../../domain/event.ts';
import type { CampaignKind } from '../campaigns/kinds.ts';
import type { Country } from '../population/countries.ts';
import type { Random } from '../random.ts';
import type { LookAlikeName, SegmentName } from '../segments/names.ts';

export type Draw<T> = (random: Random) => T;

/**
 * What is usual on one platform, for honest people and campaigns alike. The sample world has one set of customs, written down;
 * every other world draws its own. Shares are chances from 0 to 1; a `Scale` multiplies what is usual in the sample world, where
 * it is 1.
 */
export interface Customs {
  readonly arrivals: ArrivalCustoms;
  readonly people: PeopleCustoms;
  readonly clients: ClientCustoms;
  readonly signups: SignupCustoms;
  readonly use: UseCustoms;
  readonly community: CommunityCustoms;
  readonly texts: TextCustoms;
  readonly reports: ReportCustoms;
  readonly fakes: FakeCustoms;
  readonly numbers: NumberCustoms;
  /** Weights of the honest segments; only ratios matter, and a segment that is not named does not come. */
  readonly segments: Readonly<Partial<Record<SegmentName | LookAlikeName, number>>>;
}

export interface ArrivalCustoms {
  /** Above 1 more people come early, below 1 more come late: the platform grows. */
  readonly earliness: number;
  /** Share of the honest individuals who were there before the stream began, and their mean age in days. */
  readonly olderShare: number;
  readonly olderDaysMean: number;
}

export interface PeopleCustoms {
  readonly country: Draw<Country>;
  /** Countries from which campaigns work: not always the platform's own. */
  readonly campaignCountry: Draw<Country>;
  /** Countries whose carriers put hundreds of strangers behind one address here, busiest first. */
  readonly crowdedCarriers: readonly Country[];
  readonly contacts: Draw<'email' | 'phone' | 'both'>;
  readonly secondDeviceShare: number;
  readonly mobileScale: number;
  readonly steadyHomeShare: number;
  readonly bioShare: number;
  readonly pictureShare: number;
  readonly stockPictureShare: number;
  /** How many pictures that everybody takes there are. */
  readonly stockPictures: number;
  /** Share of people whose mailbox is one of a few institutions' own: schools, firms. */
  readonly institutionMailShare: number;
  /** Whether the platform gives usernames, instead of letting people choose. */
  readonly givesUsernames: boolean;
  readonly accountsPerGateway: number;
  readonly accountsPerVpnExit: number;
  /** Share of mobile sessions over IPv6 where the carrier has it. */
  readonly mobileV6Share: number;
  /** Share of homes whose address says another country than the client: proxies, roaming, people who live abroad, stale databases. */
  readonly strayHomeShare: number;
  /** Share of homes with any address at all, a server's among them: what the database says of them is noise. */
  readonly anyAddressShare: number;
  /** Share of people who come by a relay whose exits stand among servers: privacy relays, proxies of firms, browsers that save data. */
  readonly relayShare: number;
  /** Chance that somebody's connection is another one at the next act of a sitting: on the way, or behind a carrier with many exits. */
  readonly roamingShare: number;
}

/** What clients send. A member with share 1 is always there, with share 0 never. */
export interface ClientCustoms {
  readonly ip: number;
  readonly deviceId: number;
  readonly userAgent: number;
  readonly locale: number;
  readonly timeZone: number;
  readonly screen: number;
  readonly appVersion: number;
  /** How long a device keeps its id, in days: browsers forget. */
  readonly deviceIdDays: number;
  /** What the platform's app says it is: a browser's user agent, its own, or the HTTP library's. */
  readonly appAgent: 'browser' | 'own' | 'library';
  /** Whether events name `account_created_at`. */
  readonly createdAt: boolean;
  /** Whether reports and answers carry the context of whoever sent them. */
  readonly actorContext: boolean;
}

export interface SignupCustoms {
  readonly formScale: number;
  readonly autofillShare: number;
  readonly formTimed: number;
  readonly captchaTimed: number;
  readonly username: number;
  readonly displayName: number;
  readonly referrer: number;
  readonly stumbleScale: number;
  readonly verifyScale: number;
  readonly verifyDelayScale: number;
  readonly verifyTimed: number;
  readonly profileScale: number;
}

export interface UseCustoms {
  readonly sessionScale: number;
  readonly actionScale: number;
  readonly pauseScale: number;
  /** Interest falls to `interestFloor`, a share of what it was at first, in the course of `interestDays`. */
  readonly interestFloor: number;
  readonly interestDays: number;
  /** Spread of how busy people are: sigma of a log-normal. */
  readonly busynessSigma: number;
  /** To the power of which a share of requests is taken: below 1 there are more of them. */
  readonly requestExponent: number;
  readonly verb: Draw<RequestSentData['verb']>;
  readonly content: Draw<ContentCreatedData['kind']>;
  readonly talk: TalkCustoms;
  readonly loginShare: number;
  readonly loginMethod: Draw<LoginData['method']>;
  readonly loginFailureShare: number;
  /** Hour of one's own day at which something begins. */
  readonly hour: Draw<number>;
}

/** Quick talk with one person: many messages within minutes, and often nothing for days. */
export interface TalkCustoms {
  /** Share of sittings that are one. */
  readonly share: number;
  /** Mean number of messages that one side writes. */
  readonly messagesMean: number;
  readonly pauseMeanMs: number;
}

export interface CommunityCustoms {
  readonly trendsPerDay: number;
  readonly trendScale: number;
  /** Above 1 the older accounts are met more often. */
  readonly seniority: number;
  /** Share of meetings with somebody of the same country. */
  readonly compatriotShare: number;
  /** Share of acts that are for one of a few friends, and how many friends one has. */
  readonly friendShare: number;
  readonly friends: number;
  /** Share of requests of which the platform tells the answer. */
  readonly answeredShare: number;
  /** Whether it tells of requests that nobody answered. */
  readonly expiryTold: boolean;
  /** To the power of which the chance of a yes is taken: below 1 more say yes. */
  readonly acceptExponent: number;
  readonly answerDelayScale: number;
  /** Share of contents for somebody that name the target. */
  readonly targetNamed: number;
}

export interface TextCustoms {
  readonly hashed: number;
  readonly memeShare: number;
  readonly phraseShare: number;
  readonly phrases: number;
  readonly linkScale: number;
  /** Share of texts in which somebody repeats an own one: sellers, gamers. */
  readonly ownRepeatShare: number;
}

export interface ReportCustoms {
  readonly scale: number;
  readonly reporterNamed: number;
}

export interface NumberCustoms {
  /**
   * Blocks of 10,000 phone numbers that a carrier's customers come from, SIM farms as well as honest people; Infinity for any. The fewer
   * there are, and the larger the platform, the less it says that two people of one block sign up within the hour.
   */
  readonly blocks: number;
}

export interface FakeCustoms {
  /** Drawn between these for each simulation: where one knows the share, one is tempted to use it. */
  readonly shareMin: number;
  readonly shareMax: number;
  readonly kinds: Readonly<Partial<Record<CampaignKind, number>>>;
  /** Number and size of a kind's instances grow with the root of this and of its accounts. */
  readonly instanceSizeBase: number;
  readonly actionScale: number;
  readonly pauseScale: number;
  readonly disguiseScale: number;
  readonly reportScale: number;
}
