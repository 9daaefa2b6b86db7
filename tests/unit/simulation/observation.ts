import type { EventDataByType, EventType } from '../../../src/domain/event.ts';
import type { GroundTruth, Simulation } from '../../../src/simulation/simulate.ts';

/** All that one account showed in a stream, next to what it is. */
export interface Observed {
  readonly truth: GroundTruth;
  /** `fake` kinds without the number of the instance: `campaign:sim-farm`. */
  readonly kind: string;
  readonly ips: Set<string>;
  readonly devices: Set<string>;
  readonly avatars: Set<string>;
  readonly textHashes: string[];
  readonly signup: {
    email?: string;
    phone?: string;
    username?: string;
    formMs?: number;
    captchaMs?: number;
    referrer?: string;
  };
  readonly actions: { readonly timeMs: number; readonly type: EventType; readonly target?: string }[];
  linkCount: number;
  reportCount: number;
  acceptedCount: number;
  answeredCount: number;
  signupTries: number;
}

/** What the whole stream showed: counters by which identifiers, order or presence of members could tell the label. */
export interface StreamShape {
  /** By type and the order of all members: how many events of genuine and of fake accounts. */
  readonly members: Map<string, [genuine: number, fake: number]>;
  readonly envelopes: Set<string>;
  readonly sources: Map<string, [genuine: number, fake: number]>;
}

export interface Observation {
  readonly accounts: readonly Observed[];
  readonly shape: StreamShape;
  readonly eventCount: number;
}

/** Reads a simulation once and gathers what the tests look at. */
export function observe(simulation: Simulation): Observation {
  const byId = new Map(simulation.truth.map((truth) => [truth.accountId, blank(truth)]));
  const shape: StreamShape = { members: new Map(), envelopes: new Set(), sources: new Map() };
  let eventCount = 0;
  for (const { json, subject, timeMs, type } of simulation.events()) {
    const event = JSON.parse(json) as { source: string; data: Merged };
    const account = byId.get(subject);
    if (account === undefined) throw new Error(`no truth about ${subject}`);
    eventCount += 1;
    note(account, event.data, timeMs, type);
    noteShape(shape, event, type, account.truth.label);
  }
  return { accounts: [...byId.values()], shape, eventCount };
}

type Merged = Partial<
  EventDataByType['account.signup'] &
    EventDataByType['account.profile_updated'] &
    Omit<EventDataByType['content.created'], 'kind'> &
    Pick<EventDataByType['social.request_answered'], 'outcome'>
>;

function blank(truth: GroundTruth): Observed {
  return {
    truth,
    kind: truth.segment.split(':').slice(0, 2).join(':'),
    ips: new Set(),
    devices: new Set(),
    avatars: new Set(),
    textHashes: [],
    signup: {},
    actions: [],
    linkCount: 0,
    reportCount: 0,
    acceptedCount: 0,
    answeredCount: 0,
    signupTries: 0,
  };
}

function note(account: Observed, data: Merged, timeMs: number, type: EventType): void {
  const { context } = data;
  if (context?.ip !== undefined) account.ips.add(context.ip);
  if (context?.device_id !== undefined) account.devices.add(context.device_id);
  if (data.avatar_hash !== undefined) account.avatars.add(data.avatar_hash);
  if (data.text_hash !== undefined) account.textHashes.push(data.text_hash);
  account.linkCount += data.link_domains?.length ?? 0;
  account.reportCount += type === 'account.reported' ? 1 : 0;
  account.answeredCount += type === 'social.request_answered' ? 1 : 0;
  account.acceptedCount += data.outcome === 'accepted' ? 1 : 0;
  if (type === 'account.signup') noteSignup(account, data);
  if (type === 'social.request_sent' || type === 'content.created') {
    account.actions.push({ timeMs, type, ...(data.target !== undefined && { target: data.target }) });
  }
}

function noteSignup(account: Observed, data: Merged): void {
  account.signupTries += 1;
  Object.assign(account.signup, {
    ...(data.email !== undefined && { email: data.email }),
    ...(data.phone !== undefined && { phone: data.phone }),
    ...(data.username !== undefined && { username: data.username }),
    ...(data.form_ms !== undefined && { formMs: data.form_ms }),
    ...(data.captcha_ms !== undefined && { captchaMs: data.captcha_ms }),
    ...(data.referrer !== undefined && { referrer: data.referrer }),
  });
}

function noteShape(
  shape: StreamShape,
  event: { source: string; data: object },
  type: EventType,
  label: GroundTruth['label'],
): void {
  shape.envelopes.add(Object.keys(event).join());
  for (const [counts, key] of [
    [shape.members, `${type} ${memberOrder(event.data)}`],
    [shape.sources, event.source],
  ] as const) {
    const count = counts.get(key) ?? [0, 0];
    count[label === 'fake' ? 1 : 0] += 1;
    counts.set(key, count);
  }
}

function memberOrder(value: object): string {
  return Object.entries(value)
    .map(([name, member]: [string, unknown]) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? `${name}{${memberOrder(member)}}`
        : name,
    )
    .join();
}
