import { contentKinds, loginMethods, requestVerbs } from '../../domain/event.ts';
import { campaignKinds } from '../campaigns/kinds.ts';
import type { Country } from '../population/countries.ts';
import { accountWeight, anyCountry } from '../population/countries.ts';
import type { Random } from '../random.ts';
import { weighted } from '../random.ts';
import { segmentNames } from '../segments/names.ts';
import { activityByHour, minuteMs, secondMs } from '../time.ts';
import type {
  ArrivalCustoms,
  ClientCustoms,
  CommunityCustoms,
  Customs,
  Draw,
  FakeCustoms,
  NumberCustoms,
  PeopleCustoms,
  SignupCustoms,
  TalkCustoms,
  TextCustoms,
  UseCustoms,
} from './customs.ts';
import { platformProfiles, type PlatformProfile, type ProfileName, type Range } from './profiles.ts';
import { sampleCustoms } from './sample.ts';

/** The customs of one world of that kind, by the world's own random numbers; `drawNumbers` draws the rest. */
export function drawCustoms(random: Random, name: ProfileName): Omit<Customs, 'numbers'> {
  const profile: PlatformProfile = platformProfiles[name];
  return {
    arrivals: drawArrivals(random),
    people: drawPeople(random, profile),
    clients: drawClients(random),
    signups: drawSignups(random),
    use: drawUse(random, profile),
    community: drawCommunity(random, profile),
    texts: drawTexts(random, profile),
    reports: { scale: random.logBetween(0.2, 4), reporterNamed: random.pick([0, 0.5, 0.9, 1, 1]) },
    fakes: drawFakes(random),
    segments: drawSegments(random, profile),
  };
}

/** Any number in half of the worlds, few blocks in the others: what differs so much between platforms tells little by itself. */
export function drawNumbers(random: Random): NumberCustoms {
  return { blocks: random.chance(0.5) ? Infinity : Math.round(random.logBetween(1, 300)) };
}

function drawArrivals(random: Random): ArrivalCustoms {
  return {
    earliness: random.logBetween(0.5, 1.6),
    olderShare: random.chance(0.65) ? random.between(0.1, 0.95) : 0,
    olderDaysMean: random.logBetween(20, 500),
  };
}

function drawPeople(random: Random, profile: PlatformProfile): PeopleCustoms {
  const present = drawCountries(random, profile.countries);
  const country = weighted(present.map((entry) => [entry, accountWeight(entry)] as const));
  const abroadShare = random.between(0, 0.8);
  return {
    country,
    campaignCountry: (own) => (own.chance(abroadShare) ? anyCountry : country)(own),
    crowdedCarriers: present,
    contacts: weighted([
      ['email', random.unit() + 0.1],
      ['phone', random.chance(0.7) ? random.unit() : 0],
      ['both', random.unit()],
    ]),
    secondDeviceShare: random.between(0.05, 0.6),
    mobileScale: random.between(0.1, 1.8),
    steadyHomeShare: random.between(0.2, 1),
    bioShare: random.between(0, 0.9),
    pictureShare: random.between(0, 0.95),
    stockPictureShare: random.chance(0.7) ? random.between(0, 0.4) : random.between(0.4, 1),
    stockPictures: Math.round(random.logBetween(2, 120)),
    institutionMailShare: random.between(...profile.institutionMailShare),
    givesUsernames: random.chance(profile.givesUsernames),
    accountsPerGateway: random.logBetween(6, 200),
    accountsPerVpnExit: random.logBetween(80, 1_500),
    mobileV6Share: random.between(0, 0.8),
    // None in half of the worlds, and anything in the others: what differs so much between platforms tells little by itself.
    strayHomeShare: Math.max(0, random.between(-1, 1)),
    anyAddressShare: random.chance(0.65) ? 0 : random.between(0.02, 1),
    relayShare: random.chance(0.5) ? 0 : random.logBetween(0.01, 0.4),
    roamingShare: random.chance(0.5) ? 0 : random.logBetween(0.01, 1),
  };
}

function drawCountries(random: Random, [fewest, most]: Range): readonly Country[] {
  const count = Math.round(random.logBetween(fewest, most));
  const chosen = new Set<Country>();
  while (chosen.size < count) chosen.add(anyCountry(random));
  return [...chosen];
}

/** Whether and how often clients send a member: always, never, or mostly. */
function sent(random: Random, alwaysChance: number, neverChance: number): number {
  const point = random.unit();
  if (point < alwaysChance) return 1;
  return point < alwaysChance + neverChance ? 0 : random.between(0.6, 0.99);
}

function drawClients(random: Random): ClientCustoms {
  return {
    ip: sent(random, 0.8, 0),
    deviceId: sent(random, 0.35, 0.12),
    userAgent: sent(random, 0.7, 0.1),
    locale: sent(random, 0.6, 0.15),
    timeZone: sent(random, 0.4, 0.25),
    screen: sent(random, 0.3, 0.4),
    appVersion: sent(random, 0.5, 0.35),
    deviceIdDays: random.chance(0.7) ? Infinity : random.logBetween(0.1, 30),
    appAgent: random.pick(['browser', 'browser', 'own', 'library']),
    createdAt: random.chance(0.4),
    actorContext: random.chance(0.3),
  };
}

function drawSignups(random: Random): SignupCustoms {
  return {
    formScale: random.logBetween(0.25, 3),
    autofillShare: random.chance(0.5) ? 0 : random.between(0, 0.5),
    formTimed: sent(random, 0.5, 0.25),
    captchaTimed: sent(random, 0.25, 0.4),
    username: sent(random, 0.7, 0.08),
    displayName: sent(random, 0.6, 0.15),
    referrer: sent(random, 0.6, 0.3),
    stumbleScale: random.chance(0.3) ? 0 : random.logBetween(0.3, 3),
    verifyScale: random.chance(0.15) ? 0 : random.between(0.4, 1.15),
    verifyDelayScale: random.logBetween(0.3, 4),
    verifyTimed: sent(random, 0.5, 0.3),
    profileScale: random.between(0.1, 1.7),
  };
}

/** Most that people do, against the sample world: what is busier says no more, and takes longer. */
const busynessMax = 5;

function drawUse(random: Random, profile: PlatformProfile): UseCustoms {
  const sessionScale = random.logBetween(...profile.sessionScale);
  const actionScale = random.logBetween(...profile.actionScale);
  const damping = Math.sqrt(Math.min(1, busynessMax / (sessionScale * actionScale)));
  const talk = drawTalk(random, profile);
  return {
    sessionScale: damping * sessionScale * calmed(talk),
    actionScale: damping * actionScale,
    pauseScale: random.logBetween(...profile.pauseScale),
    interestFloor: random.between(0.05, 1),
    interestDays: random.logBetween(1, 20),
    busynessSigma: random.between(0.3, 1.3),
    requestExponent: random.logBetween(...profile.requestExponent),
    verb: leaning(random, requestVerbs, profile.verbs),
    content: leaning(random, contentKinds, profile.contents),
    talk,
    loginShare: random.chance(0.2) ? 0 : random.between(...profile.loginShare),
    loginMethod: leaning(random, loginMethods, { password: 4, otp: 2, oauth: 2, passkey: 1 }),
    loginFailureShare: random.between(0, 0.2),
    hour: drawHours(random),
  };
}

/** None in some worlds; in others people come for little else. */
function drawTalk(random: Random, profile: PlatformProfile): TalkCustoms {
  return {
    share: random.chance(profile.talks) ? random.logBetween(0.03, 0.9) : 0,
    messagesMean: random.logBetween(3, 30),
    pauseMeanMs: random.logBetween(4 * secondMs, 2 * minuteMs),
  };
}

/** Who talks so much comes the more seldom. */
function calmed({ share, messagesMean }: TalkCustoms): number {
  return 1 / Math.max(1, (share * messagesMean) / 3);
}

/** A choice around the profile's weights, each of them half or twice as large on the way. */
function leaning<T extends string>(
  random: Random,
  items: readonly T[],
  weights: Readonly<Partial<Record<T, number>>>,
): Draw<T> {
  return weighted(items.map((item) => [item, (weights[item] ?? 0) * random.logNormal(1, 0.7)] as const));
}

/** The rhythm of the day: flatter or steeper than usual, and earlier or later. */
function drawHours(random: Random): Draw<number> {
  const steepness = random.chance(0.15) ? 0 : random.between(0.2, 2);
  const laterHours = random.chance(0.8) ? random.integer(-4, 4) : random.integer(-12, 12);
  return weighted(
    activityByHour.map((activity, hour) => [(hour + laterHours + 24) % 24, activity ** steepness] as const),
  );
}

function drawCommunity(random: Random, profile: PlatformProfile): CommunityCustoms {
  return {
    trendsPerDay: random.logBetween(0.5, 20),
    trendScale: random.logBetween(0.2, 6),
    seniority: random.between(0.8, 4),
    compatriotShare: random.unit(),
    friendShare: random.between(...profile.friendShare),
    friends: random.integer(1, 15),
    answeredShare: sent(random, 0.4, 0.25),
    expiryTold: random.chance(0.5),
    acceptExponent: random.logBetween(0.3, 3),
    answerDelayScale: random.logBetween(0.05, 4),
    targetNamed: sent(random, 0.6, 0.1),
  };
}

function drawTexts(random: Random, profile: PlatformProfile): TextCustoms {
  return {
    hashed: sent(random, 0.6, 0.15),
    memeShare: random.between(0, 0.25),
    phraseShare: random.chance(0.7) ? random.between(0, 0.4) : random.between(0.4, 0.85),
    phrases: Math.round(random.logBetween(4, 400)),
    linkScale: random.logBetween(...profile.linkScale),
    ownRepeatShare: random.chance(0.5) ? 0 : random.between(0, 0.5),
  };
}

function drawFakes(random: Random): FakeCustoms {
  const share = random.logBetween(0.03, 0.3);
  const present = campaignKinds.filter(() => random.chance(0.55));
  return {
    shareMin: 0.9 * share,
    shareMax: 1.1 * share,
    kinds: {
      ...Object.fromEntries(present.map((kind) => [kind, random.logNormal(10, 0.7)])),
      hybrid: random.logNormal(30, 0.5),
    },
    instanceSizeBase: random.logBetween(6, 60),
    actionScale: random.logBetween(0.6, 2.5),
    pauseScale: random.logBetween(0.3, 3),
    disguiseScale: random.between(0.1, 1.2),
    reportScale: random.logBetween(0.3, 1.5),
  };
}

/** Segments that the sample world does not have come at about this weight. */
const newSegmentWeight = 4;

function drawSegments(random: Random, profile: PlatformProfile): Customs['segments'] {
  return Object.fromEntries(
    segmentNames.map((name) => {
      const usual = (sampleCustoms.segments[name] ?? newSegmentWeight) * (profile.segments[name] ?? 1);
      return [name, usual * random.logNormal(1, 0.7)];
    }),
  );
}
