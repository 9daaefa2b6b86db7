import { gzipSync } from 'node:zlib';

/**
 * Inputs as they should not be, each once broke something or could: what becomes of them is part of the golden replay. Every
 * one that is an event is an event of an account of its own, unless its name says otherwise.
 */
export interface OddInput {
  /** Unique; stands for the record in the decisions. */
  readonly name: string;
  readonly value: Uint8Array | null;
}

type Members = Readonly<Record<string, unknown>>;

const dayMs = 24 * 3_600_000;

const context = {
  ip: '84.17.35.122',
  user_agent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36',
  locale: 'en-GB',
  timezone: 'Europe/London',
  screen: '1920x1080',
};

/** The odd inputs, in their order, at a time of the stream that they are put into: milliseconds since the epoch. */
export function oddInputs(timeMs: number): readonly OddInput[] {
  return [...notEvents(timeMs), ...oddTimes(timeMs), ...oddData(timeMs), ...repeats(timeMs)];
}

function notEvents(timeMs: number): readonly OddInput[] {
  const envelope = (name: string, members: Members): OddInput => of(name, textOf(name, timeMs, { envelope: members }));
  const plain = textOf('plain', timeMs, {});
  return [
    of('no-value', null),
    of('blank', ''),
    of('cut-short', plain.slice(0, 80)),
    of('not-utf8', Buffer.from(plain.replace('account.signup', '\u00ff'), 'latin1')),
    of('array', `[${plain}]`),
    of('text-of-json', JSON.stringify(plain)),
    of('packed', gzipSync(plain)),
    of('schema-registry-frame', Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), Buffer.from(plain)])),
    of('too-large', textOf('too-large', timeMs, { data: { extra: 'x'.repeat(33_000) } })),
    of(
      'too-many-members',
      textOf('too-many-members', timeMs, {
        data: { extra: Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`m${at}`, at])) },
      }),
    ),
    envelope('unknown-type', { type: 'account.signed_up' }),
    envelope('specversion-0.3', { specversion: '0.3' }),
    envelope('no-subject', { subject: undefined }),
    envelope('number-for-subject', { subject: 83 }),
    envelope('nul-in-subject', { subject: 'acc\0' }),
    envelope('half-a-surrogate-in-subject', { subject: 'acc\ud83d' }),
    envelope('long-subject', { subject: 'a'.repeat(257) }),
    envelope('text-for-data', { data: '{"status":"succeeded"}' }),
    envelope('unknown-status', { data: { status: 'ok', context } }),
    envelope('extension-attributes', { traceparent: '00-1-1-00', dataschema: 'urn:signup' }),
  ];
}

function of(name: string, value: string | Uint8Array | null): OddInput {
  return { name, value: typeof value === 'string' ? Buffer.from(value) : value };
}

function oddTimes(timeMs: number): readonly OddInput[] {
  const at = (name: string, time: unknown): OddInput => {
    return { name, value: Buffer.from(textOf(name, timeMs, { envelope: { time } })) };
  };
  const moved = (byMs: number): string => new Date(timeMs + byMs).toISOString();
  const offsetMs = 5 * 3_600_000;
  return [
    at('time-of-year-one', '0001-01-01T00:00:00Z'),
    at('time-of-1970', '1970-01-01T00:00:00.000Z'),
    at('time-eight-days-behind', moved(-8 * dayMs)),
    at('time-two-days-behind', moved(-2 * dayMs)),
    at('time-a-minute-ahead', moved(60_000)),
    at('time-an-hour-ahead', moved(3_600_000)),
    at('time-a-year-ahead', moved(365 * dayMs)),
    at('time-of-year-9999', '9999-12-31T23:59:59Z'),
    at('time-as-number', timeMs),
    at('time-without-zone', moved(0).replace('Z', '')),
    at('time-with-offset', moved(offsetMs).replace('Z', '+05:00')),
    at('time-of-30-february', '2026-02-30T00:00:00Z'),
  ];
}

function oddData(timeMs: number): readonly OddInput[] {
  const own = (name: string, data: Members): OddInput => ({ name, value: Buffer.from(textOf(name, timeMs, { data })) });
  const inContext = (name: string, members: Members): OddInput => own(name, { context: { ...context, ...members } });
  const several = (name: string, members: Members): readonly OddInput[] =>
    [1, 2, 3, 4, 5, 6].map((number) => inContext(`${name}-${number}`, members));
  return [
    // Not one device, one mailbox, one number: what says nothing is missing.
    ...several('nil-device', { device_id: '00000000-0000-0000-0000-000000000000' }),
    ...several('device-unknown', { device_id: 'unknown' }),
    own('house-mailbox', { email: 'no-reply@example.com' }),
    own('filler-phone', { phone: '+1234567890' }),
    // Addresses.
    ...several('private-address', { ip: '10.0.0.5' }),
    inContext('carrier-address', { ip: '100.64.1.1' }),
    inContext('address-with-port', { ip: '84.17.35.122:51234' }),
    inContext('v6-address-with-port', { ip: '[2a00:23c7:1::7]:443' }),
    inContext('v4-in-v6', { ip: '::ffff:84.17.35.122' }),
    inContext('address-with-leading-zeros', { ip: '084.017.035.122' }),
    inContext('forwarded-addresses', { ip: '84.17.35.122, 10.0.0.5' }),
    inContext('no-address', { ip: 'not an address' }),
    // What a client chooses, wrongly: the event is decided all the same.
    inContext('long-user-agent', { user_agent: 'Mozilla/5.0 '.repeat(92) }),
    inContext('number-for-user-agent', { user_agent: 5 }),
    own('half-a-millisecond', { form_ms: 900.5 }),
    own('negative-duration', { form_ms: -1 }),
    own('text-for-duration', { form_ms: '900' }),
    own('half-a-surrogate-in-name', { display_name: 'A\ud83d' }),
    own('array-for-context', { context: [] }),
    own('text-for-context', { context: '{}' }),
    own('nulls', { context: { ip: null, device_id: null }, email: null, phone: null, form_ms: null }),
    own('everything-malformed', { context: { ip: 1, device_id: [], locale: {} }, email: 1, phone: {}, username: [] }),
    // People's names.
    own('name-with-zero-width-space', { display_name: 'Anna\u200b Berg', username: 'anna\u200bberg' }),
    own('name-of-two-scripts', { display_name: 'Аnnа Berg', username: 'annaberg' }),
    own('name-of-emoji', { display_name: '👩‍👩‍👧‍👦🎉', username: 'family' }),
    // Accounts from before.
    own('created-three-years-ago', { account_created_at: new Date(timeMs - 3 * 365 * dayMs).toISOString() }),
    own('created-tomorrow', { account_created_at: new Date(timeMs + dayMs).toISOString() }),
    // Attempts are no signups.
    own('attempt', { status: 'failed' }),
    other('33-links', timeMs, 'content.created', {
      kind: 'post',
      link_domains: Array.from({ length: 33 }, (_, at) => `site${at}.example`),
    }),
    other('login-of-nobody', timeMs, 'account.login', { status: 'succeeded', method: 'password', context }),
  ];
}

/** One account: twice the same event, what people say of it, and that it is to be forgotten. */
function repeats(timeMs: number): readonly OddInput[] {
  const subject = 'acc_repeats';
  const post = textOf('repeated', timeMs, { envelope: { subject } });
  return [
    { name: 'repeated-1', value: Buffer.from(post) },
    { name: 'repeated-2', value: Buffer.from(post) },
    other('label-fake', timeMs, 'account.labelled', { label: 'fake', by: 'review' }, subject),
    other('after-label', timeMs, 'account.login', { status: 'succeeded', method: 'password', context }, subject),
    other('erasure', timeMs, 'account.erasure_requested', {}, subject),
    other('after-erasure', timeMs, 'account.login', { status: 'succeeded', method: 'password', context }, subject),
  ];
}

function other(name: string, timeMs: number, type: string, data: Members, subject = `acc_${name}`): OddInput {
  return { name, value: Buffer.from(textOf(name, timeMs, { envelope: { type, data, subject } })) };
}

/** A signup as JSON text: `data` replaces members of its data, `envelope` those of the event. */
function textOf(
  name: string,
  timeMs: number,
  { envelope, data }: { readonly envelope?: Members; readonly data?: Members },
) {
  return JSON.stringify({
    specversion: '1.0',
    id: name,
    source: '/odd-inputs',
    type: 'account.signup',
    subject: `acc_${name}`,
    time: new Date(timeMs).toISOString(),
    data: {
      status: 'succeeded',
      context,
      username: name.replaceAll('-', '.'),
      display_name: 'Kim',
      form_ms: 25_000,
      ...data,
    },
    ...envelope,
  });
}
