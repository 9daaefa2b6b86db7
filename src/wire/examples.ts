import { topics } from '../domain/topics.ts';
import type { EventType } from '../domain/event.ts';
import type { Deployment, Manifest } from './bundle-schema.ts';
import type { WireErased } from './erased-schema.ts';
import type { WireDecision } from './decision-schema.ts';
import type { WireEvent } from './event-schema.ts';
import type { WireListEntry } from './list-schema.ts';
import type { WireNorms } from './norms-schema.ts';

/** One example of everything that crosses the wire: they stand in the published documents, and tests check them. */

const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const context = {
  ip: '95.56.234.10',
  device_id: 'd_91af',
  user_agent: 'Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36',
  locale: 'kk-KZ',
  timezone: 'Asia/Almaty',
  screen: '1080x2400',
  app_version: '11.2.0',
};

export const exampleEvents: { readonly [T in EventType]: Extract<WireEvent, { type: T }> } = {
  'account.signup': {
    specversion: '1.0',
    id: '01JDE7Q0X8W9K3V5T2M4N6P7R8',
    source: '/signup-service/eu-1',
    type: 'account.signup',
    subject: 'acc_8f3k2',
    time: '2026-11-24T04:36:51.123Z',
    data: {
      status: 'succeeded',
      context,
      email: 'aigerim.s@example.kz',
      phone: '+77011234567',
      username: 'aigerim_s',
      display_name: 'Aigerim S.',
      form_ms: 38_400,
      captcha_ms: 5_100,
      referrer: 'invite',
    },
  },
  'account.login': {
    specversion: '1.0',
    id: '01JDE7R3C5B8H1Z6Q9F2D4S7T0',
    source: '/session-service/eu-1',
    type: 'account.login',
    subject: 'acc_8f3k2',
    time: '2026-11-24T04:40:02.514Z',
    data: { status: 'succeeded', context, account_created_at: '2026-11-24T04:36:51Z', method: 'password' },
  },
  'account.verified': {
    specversion: '1.0',
    id: '01JDE7R9M2X4V6K8P1N3T5W7Y9',
    source: '/verification-service/eu-1',
    type: 'account.verified',
    subject: 'acc_8f3k2',
    time: '2026-11-24T04:37:20.002Z',
    data: { channel: 'phone', status: 'succeeded', after_ms: 21_700, context },
  },
  'account.profile_updated': {
    specversion: '1.0',
    id: '01JDE7S6A8C0E2G4J6M8Q0S2V4',
    source: '/profile-service/eu-1',
    type: 'account.profile_updated',
    subject: 'acc_8f3k2',
    time: '2026-11-24T04:45:11.800Z',
    data: { display_name: 'Aigerim', bio: 'Almaty. Mountains and tea.', avatar_hash: 'c3d4a1b2e5f60718', context },
  },
  'social.request_sent': {
    specversion: '1.0',
    id: '01JDE7T1B3D5F7H9K1N3R5T7W9',
    source: '/graph-service/eu-1',
    type: 'social.request_sent',
    subject: 'acc_8f3k2',
    time: '2026-11-24T04:50:00Z',
    data: { verb: 'friend', target: 'acc_2b7q9', context },
  },
  'social.request_answered': {
    specversion: '1.0',
    id: '01JDE7V5C7E9G1J3M5P7S9V1X3',
    source: '/graph-service/eu-1',
    type: 'social.request_answered',
    subject: 'acc_8f3k2',
    time: '2026-11-24T09:12:44.310+05:00',
    data: { verb: 'friend', target: 'acc_2b7q9', outcome: 'accepted' },
  },
  'content.created': {
    specversion: '1.0',
    id: '01JDE7W8D0F2H4K6N8Q0T2V4Y6',
    source: '/content-service/eu-1',
    type: 'content.created',
    subject: 'acc_8f3k2',
    time: '2026-11-24T05:03:27.090Z',
    data: {
      kind: 'comment',
      target: 'acc_2b7q9',
      text_hash: '00ff13a7c4e2b905',
      link_domains: ['example.org', 'example.com'],
      context,
    },
  },
  'account.reported': {
    specversion: '1.0',
    id: '01JDE7X2E4G6J8M0P2R4T6W8Z0',
    source: '/report-service/eu-1',
    type: 'account.reported',
    subject: 'acc_8f3k2',
    time: '2026-11-24T06:30:00.000Z',
    data: { reason: 'spam', reporter: 'acc_2b7q9' },
  },
  'account.labelled': {
    specversion: '1.0',
    id: '01JDE7Y6F8H0K2N4Q6S8V0X2Z4',
    source: '/review-desk',
    type: 'account.labelled',
    subject: 'acc_8f3k2',
    time: '2026-11-24T08:15:30.000Z',
    data: { label: 'genuine', by: 'appeal' },
  },
  'account.erasure_requested': {
    specversion: '1.0',
    id: '01JDE7Z9G1J3M5P7R9T1W3Y5A7',
    source: '/privacy-desk',
    type: 'account.erasure_requested',
    subject: 'acc_8f3k2',
    time: '2026-11-25T10:00:00.000Z',
    data: {},
  },
  'account.hold_placed': {
    specversion: '1.0',
    id: '01JDE8A2H4K6M8P0R2T4V6X8Z0',
    source: '/legal-desk',
    type: 'account.hold_placed',
    subject: 'acc_8f3k2',
    time: '2026-11-25T09:00:00.000Z',
    data: { authority: 'district-court-7', reference: '2026/1183', until: '2027-02-23T00:00:00Z' },
  },
  'account.hold_lifted': {
    specversion: '1.0',
    id: '01JDE8B5J7L9N1Q3S5U7W9Y1A3',
    source: '/legal-desk',
    type: 'account.hold_lifted',
    subject: 'acc_8f3k2',
    time: '2026-12-20T12:00:00.000Z',
    data: { authority: 'district-court-7', reference: '2026/1183' },
  },
  'account.group_verdict': {
    specversion: '1.0',
    id: 'ver_6d1f0b3c9a7e4258b1d0c4f7a2e89361',
    source: 'winnow',
    type: 'account.group_verdict',
    subject: 'acc_8f3k2',
    time: '2026-11-24T04:52:10.400Z',
    data: {
      cohort: 'coh_3f9a0c5d71e2b8468b2e4f6a90c1d357',
      action: 'review',
      due: 'block',
      held_by: ['size'],
      revision: 2,
      kinds: ['device', 'avatar'],
      ties: [
        { kind: 'avatar', accounts: 31 },
        { kind: 'device', accounts: 14 },
      ],
      size: 420,
      terms: '5f2c9d0e7a1b3468',
    },
  },
  'account.listed': {
    specversion: '1.0',
    id: 'list-9f86d081884c7d65-1795600800000',
    source: '/winnow/command',
    type: 'account.listed',
    subject: 'acc_8f3k2',
    time: '2026-11-25T10:00:00.000Z',
    data: { list: 'partners', kind: 'allow', entry: '9f86d081884c7d65' },
  },
};

export const exampleDecision: WireDecision = {
  specversion: '1.0',
  type: 'account.decision',
  source: 'winnow',
  id: 'dec_5c1b0e6a2f7d4e9083b1c6a5d2f40e17',
  subject: 'acc_8f3k2',
  time: '2026-11-24T04:36:51.131Z',
  data: {
    action: 'review',
    score: 0.9731,
    mode: 'enforce',
    cause: { kind: 'event' },
    due: 'block',
    restrained_by: ['governor:rule:bulk-signup-from-device:KZ'],
    reasons: [
      {
        code: 'DEVICE_ACCOUNTS_24H',
        text: '27 accounts were created from this device in 24 hours',
        public_text: 'Several accounts were created from the same device',
        feature: 'device_accounts_24h',
        value: 27,
        contribution: 0.31,
      },
    ],
    rules: [{ id: 'bulk-signup-from-device', version: 3 }],
    matched: [
      { id: 'likes-in-step', version: 2 },
      { id: 'names-from-a-template', version: 1, shadow: true },
    ],
    trigger: {
      event_id: '01JDE7Q0X8W9K3V5T2M4N6P7R8',
      type: 'account.signup',
      topic: topics.events.name,
      partition: 3,
      offset: '81231',
    },
    account: { exists: true, created: '2026-11-24T04:36:51.123Z', reported: false },
    model: { name: 'starter', version: '2026.11.1', sha256, role: 'champion' },
    norms: { version: '2026-11-24', sha256 },
    policy: { version: '7', sha256 },
    supersedes: 'dec_0a4d8e2b6c1f4a7e95d3b8c7f6a1e204',
    sample: { kind: 'audit', probability: 0.05 },
    cohort: 'coh_3f9a0c5d71e2b8468b2e4f6a90c1d357',
    degraded: ['store'],
  },
};

export const exampleErased: WireErased = {
  specversion: '1.0',
  type: 'account.erased',
  source: 'winnow',
  id: 'erased_3b1f0c9d5e7a2846b0d1c3e5f7a90b2d',
  time: '2027-02-23T00:00:41.000Z',
  data: {
    requested: '2026-11-25T10:00:00.000Z',
    due: '2027-02-23T00:00:00.000Z',
    forgotten: { decisions: 4, words: 3, exports: 1, list_entries: 0 },
  },
};

export const exampleManifest: Manifest = {
  schema: 'winnow.bundle/1',
  name: 'starter',
  version: '2026.11.1',
  created: '2026-11-24T00:00:00Z',
  files: {
    'model.onnx': { sha256 },
    'golden.jsonl': { sha256 },
    'card.md': { sha256 },
    'explanation.onnx': { sha256 },
  },
  features: ['form_ms', 'device_accounts_24h'],
  definitions: { form_ms: '3f9a0c5d71e2b846', device_accounts_24h: '8b2e4f6a90c1d357' },
  catalogueVersion: '1',
  missing: 'NaN',
  input: { name: 'features' },
  output: { name: 'probability' },
  explanation: { file: 'explanation.onnx', baseLogOdds: -2.5 },
  thresholds: { challenge: 0.5, review: 0.8, block: 0.95 },
  training: { window: { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' } },
  metrics: {},
  author: 'models/training',
};

export const exampleDeployment: Deployment = {
  schema: 'winnow.deployment/1',
  champion: { name: 'starter', version: '2026.11.1' },
  challengers: [{ name: 'starter', version: '2026.12.4' }],
  canary: { name: 'starter', version: '2026.12.4', share: 0.05 },
};

/** As the control topic has it. */
export const exampleOrderedDeployment: Deployment = {
  ...exampleDeployment,
  author: 'b.ospanova',
  reason: 'Half as many wrong blocks on the same events, a week in shadow',
};

const exampleTypeNorms: WireNorms['all'] = {
  events: 250_000,
  sampledEvents: 8_192,
  sampledAccounts: 7_000,
  distributions: [{ missing: 0, values: [1, 2, 40], below: [0, 0.5, 0.999], upTo: [0.5, 0.75, 1] }],
};

/** Norms of one feature: half of the logins were the only event of their account in 24 hours. */
export const exampleListEntry: WireListEntry = {
  kind: 'deny',
  reason: 'Runs the campaign of 24 November from this network',
  author: 'b.ospanova',
  created: '2026-11-24T09:12:00.000Z',
  expires: '2026-12-01T09:12:00.000Z',
  reference: 'case-2291',
  network: { version: 4, length: 24 },
};

export const exampleControl = {
  author: 'b.ospanova',
  reason: 'A real campaign: looked at 40 of its accounts',
  until: '2026-11-24T12:00:00.000Z',
  effect: 'release',
} as const;

export const exampleWithdrawal = {
  author: 'winnow-2',
  reason: 'it blocks 61 of the same 20000 events where the champion blocks 25',
  at: '2026-11-24T12:00:00.000Z',
} as const;

export const exampleNorms: WireNorms = {
  schema: 'winnow.norms/1',
  version: '2026-11-24-5c1b0e6a',
  window: { from: '2026-11-10T00:00:00.000Z', to: '2026-11-24T00:00:00.000Z' },
  events: 250_000,
  accounts: 20_000,
  budget: 0.005,
  features: [{ name: 'account_events_24h', definition: '0123456789abcdef' }],
  types: { 'account.login': exampleTypeNorms },
  all: exampleTypeNorms,
  scores: [
    {
      model: 'starter 2026.11.1',
      modelSha256: 'f'.repeat(64),
      events: { missing: 0, values: [0.001, 0.02, 0.999], below: [0, 0.5, 0.999], upTo: [0.001, 0.5, 1] },
      accounts: { missing: 0, values: [0.002, 0.05, 1], below: [0, 0.5, 0.99], upTo: [0.001, 0.5, 1] },
      accountsPerDay: 6_000,
      block: 0.9987,
    },
  ],
};

/** A dead letter: a signup whose account is a number, and the headers that say so. */
export const exampleDeadLetter = {
  headers: {
    'error-code': 'EVENT_WRONG_TYPE',
    'error-message': 'Invalid input: expected string, received number',
    'error-path': '$.subject',
    'source-topic': topics.events.name,
    'source-partition': '3',
    'source-offset': '81231',
    'failed-at': '2026-11-24T04:36:51.140Z',
  },
  payload: {
    ...exampleEvents['account.signup'],
    subject: 83,
  },
};
