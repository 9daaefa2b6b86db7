import { isIP } from 'node:net';
import {
  contentKinds,
  eventTypes,
  loginMethods,
  reportReasons,
  requestOutcomes,
  requestVerbs,
  statuses,
  verificationChannels,
} from '../../../src/domain/event.ts';
import { limits } from '../../../src/domain/limits.ts';

type Check = (value: unknown) => boolean;

const text =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && value.length <= limits.stringLengthMax && value.isWellFormed() && pattern.test(value);
const one =
  (values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);
const duration: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= limits.durationMsMax;
const some = text(/./u);
const accountId = text(/^acc_[0-9a-z]{8,10}$/);
const time = text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const hash = text(/^[0-9a-f]{16}$/);

const context: Readonly<Record<string, Check>> = {
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  device_id: text(/^d_[0-9a-f]{16}[0-9a-z]*$/),
  user_agent: some,
  locale: text(/^[a-z]{2,3}-[A-Z]{2}$/),
  timezone: text(/^[A-Z][A-Za-z]+\/[A-Za-z_/]+$/),
  screen: text(/^\d{3,4}x\d{3,4}$/),
  app_version: text(/^\d+\.\d+\.\d+$/),
};

const required: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'account.signup': { status: one(statuses) },
  'account.login': { status: one(statuses), method: one(loginMethods) },
  'account.verified': { channel: one(verificationChannels), status: one(statuses) },
  'account.profile_updated': {},
  'social.request_sent': { verb: one(requestVerbs), target: accountId },
  'social.request_answered': { verb: one(requestVerbs), target: accountId, outcome: one(requestOutcomes) },
  'content.created': { kind: one(contentKinds) },
  'account.reported': { reason: one(reportReasons) },
};

const optional: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'account.signup': {
    email: text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/),
    phone: text(/^\+[1-9]\d{9,13}$/),
    username: some,
    display_name: some,
    form_ms: duration,
    captcha_ms: duration,
    referrer: some,
  },
  'account.verified': { after_ms: duration },
  'account.profile_updated': { username: some, display_name: some, bio: some, avatar_hash: hash },
  'content.created': {
    target: accountId,
    text_hash: hash,
    link_domains: (value) =>
      Array.isArray(value) && value.length <= limits.linkDomainsMax && value.every(text(/^[a-z0-9.-]+$/)),
  },
  'account.reported': { reporter: accountId },
};

const envelope: Readonly<Record<string, Check>> = {
  specversion: (value) => value === '1.0',
  id: text(/^[0-9A-HJKMNP-TV-Z]{26}$/),
  source: text(/^\/[a-z]+-service\/(eu|us|ap)-1$/),
  type: one(eventTypes),
  subject: accountId,
  time,
  data: (value) => typeof value === 'object' && value !== null,
};

/** What the contract has against an event: names of members that are missing, wrong or unknown. Empty when it fits. */
export function faultsOf(json: string): readonly string[] {
  const event = JSON.parse(json) as { type: string; data: { context?: object; account_created_at?: unknown } };
  const { context: given, account_created_at: createdAt, ...members } = event.data;
  return [
    ...(Buffer.byteLength(json) > limits.eventBytesMax || json.includes('\n') ? ['size'] : []),
    ...faults(event, envelope, {}),
    ...faults(members, required[event.type] ?? {}, optional[event.type] ?? {}),
    ...(createdAt === undefined || time(createdAt) ? [] : ['account_created_at']),
    ...(given === undefined ? [] : faults(given, {}, context)),
  ];
}

function faults(
  value: object,
  mandatory: Readonly<Record<string, Check>>,
  possible: Readonly<Record<string, Check>>,
): readonly string[] {
  const missing = Object.keys(mandatory).filter((name) => !Object.hasOwn(value, name));
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const check = mandatory[name] ?? possible[name];
    return check?.(member) === true ? [] : [name];
  });
  return [...missing, ...wrong];
}
