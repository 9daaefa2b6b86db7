import type { ContentCreatedData, RequestSentData } from '../../domain/event.ts';
import type { SegmentName } from '../segments/names.ts';

/** From and to. */
export type Range = readonly [low: number, high: number];

/** Which way the customs of a kind of platform lean. Each world of that kind is drawn around it, and widely. */
export interface PlatformProfile {
  readonly verbs: Readonly<Partial<Record<RequestSentData['verb'], number>>>;
  readonly contents: Readonly<Partial<Record<ContentCreatedData['kind'], number>>>;
  /** Against the sample world, all four. */
  readonly sessionScale: Range;
  readonly actionScale: Range;
  readonly pauseScale: Range;
  readonly requestExponent: Range;
  readonly friendShare: Range;
  readonly loginShare: Range;
  /** Chance that people of a world talk at all, one with one. */
  readonly talks: number;
  /** From how many countries people come. */
  readonly countries: Range;
  readonly linkScale: Range;
  /** Chance that this platform gives usernames. */
  readonly givesUsernames: number;
  readonly institutionMailShare: Range;
  /** Segments that are more or less common than elsewhere, as factors. */
  readonly segments: Readonly<Partial<Record<SegmentName, number>>>;
}

const common: PlatformProfile = {
  verbs: { friend: 3, follow: 3, invite: 1 },
  contents: { like: 4, comment: 2, message: 2, post: 2 },
  sessionScale: [0.4, 4],
  actionScale: [0.5, 3],
  pauseScale: [0.08, 3],
  requestExponent: [0.5, 2.5],
  friendShare: [0, 0.6],
  loginShare: [0, 1],
  talks: 0.5,
  countries: [1, 34],
  linkScale: [0.1, 2],
  givesUsernames: 0.08,
  institutionMailShare: [0, 0.1],
  segments: {},
};

/** Kinds of platforms. A change of a range changes every world drawn from it. */
export const platformProfiles = {
  messenger: {
    ...common,
    verbs: { friend: 5, invite: 3 },
    contents: { message: 12, like: 1 },
    sessionScale: [1, 6],
    friendShare: [0.4, 0.95],
    talks: 0.85,
    countries: [1, 34],
    segments: { 'address-book': 4, seller: 0.5, 'pen-pal': 3 },
  },
  dating: {
    ...common,
    verbs: { friend: 6, follow: 2 },
    contents: { like: 7, message: 5 },
    requestExponent: [0.3, 1],
    actionScale: [1, 5],
    friendShare: [0, 0.3],
    talks: 0.8,
    segments: { household: 0.3, university: 0.5, enthusiast: 2, 'pen-pal': 3, office: 0.5 },
  },
  marketplace: {
    ...common,
    verbs: { follow: 4, invite: 1 },
    contents: { post: 5, message: 6, like: 2, comment: 1 },
    sessionScale: [0.3, 2],
    requestExponent: [1.5, 5],
    linkScale: [0.5, 4],
    segments: { seller: 5, returner: 2 },
  },
  forum: {
    ...common,
    verbs: { follow: 3, friend: 1 },
    contents: { post: 4, comment: 8, like: 3 },
    requestExponent: [1.5, 6],
    pauseScale: [0.8, 5],
    linkScale: [1, 5],
    segments: { lurker: 2.5, returner: 2, enthusiast: 2 },
  },
  'short-video': {
    ...common,
    verbs: { follow: 9, invite: 1 },
    contents: { like: 14, comment: 3, post: 1 },
    sessionScale: [1, 6],
    actionScale: [1.5, 6],
    pauseScale: [0.08, 0.6],
    friendShare: [0, 0.2],
    segments: { 'viral-burst': 2.5, enthusiast: 3 },
  },
  'professional-network': {
    ...common,
    verbs: { friend: 7, follow: 3, invite: 2 },
    contents: { post: 2, like: 4, comment: 2, message: 3 },
    sessionScale: [0.3, 1.5],
    institutionMailShare: [0.1, 0.7],
    segments: { 'address-book': 3, 'school-class': 2, returner: 3, vpn: 2, office: 4 },
  },
  game: {
    ...common,
    verbs: { friend: 5, invite: 5 },
    contents: { message: 9, like: 1, post: 0.5 },
    sessionScale: [1, 5],
    friendShare: [0.2, 0.9],
    loginShare: [0.7, 1],
    linkScale: [0.02, 0.5],
    givesUsernames: 0.3,
    talks: 0.7,
    segments: { enthusiast: 3, 'shared-device': 2, 'odd-username': 3, office: 0.3 },
  },
  school: {
    ...common,
    verbs: { friend: 5, invite: 2 },
    contents: { message: 4, comment: 4, like: 3, post: 2 },
    friendShare: [0.3, 0.9],
    countries: [1, 2],
    linkScale: [0.02, 0.6],
    givesUsernames: 0.3,
    institutionMailShare: [0, 0.95],
    segments: { 'school-class': 8, 'shared-device': 3, household: 2, vpn: 0.2, traveller: 0.2 },
  },
} as const satisfies Readonly<Record<string, PlatformProfile>>;

export type ProfileName = keyof typeof platformProfiles;

export const profileNames = Object.keys(platformProfiles) as readonly ProfileName[];

/** What a world is for. No world is for both: a model that is tested where it has learned says nothing of elsewhere. */
export const worldPurposes = ['training', 'testing'] as const;
export type WorldPurpose = (typeof worldPurposes)[number];
