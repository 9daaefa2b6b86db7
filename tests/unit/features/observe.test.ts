import { describe, expect, it } from 'vitest';
import {
  isLabelEvent,
  type AccountEvent,
  type EventContext,
  type EventDataByType,
  type EventType,
} from '../../../src/domain/event.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { emptyObservations, labelCodes } from '../../../src/features/observation.ts';
import { Observer } from '../../../src/features/observe.ts';
import { noReference } from '../../../src/features/reference.ts';
import { elementCount, entityKinds, kindLayouts, spanBit, type EntityKind } from '../../../src/features/state.ts';
import { eventOf, hasher, loginOf, signupOf, startMs } from '../steps/events.ts';

const context: EventContext = {
  ip: '95.56.234.10',
  device_id: 'd_91af',
  user_agent: 'Mozilla/5.0',
  locale: 'kk-KZ',
  timezone: 'Asia/Almaty',
  screen: '1080x2400',
};

interface Touch {
  readonly key: string;
  /** Counts that it adds to. */
  readonly adds: readonly string[];
  readonly movesSpans: boolean;
}

/** What an event touches, adds and shows, by name. */
function observed(event: AccountEvent, by: EntityKeyHasher = hasher) {
  const batch = emptyObservations('account-events', 0, 1);
  new Observer(by).observe(readFacts(event), 41, batch, 0);
  const touches: Partial<Record<EntityKind, Touch>> = {};
  const shows: Record<string, number> = {};
  for (const [index, kind] of entityKinds.entries()) {
    const [high, low] = [batch.keys[index * 2]!, batch.keys[index * 2 + 1]!];
    const bits = batch.adds[index]!;
    const { counts, distincts } = kindLayouts[index]!;
    for (const { name, elementIndex } of distincts) {
      const element = batch.elements[elementIndex]!;
      if (element !== 0) shows[`${kind}.${name}`] = element;
    }
    if (high === 0 && low === 0) expect(bits).toBe(0);
    else {
      const adds = counts.filter((_, bit) => ((bits >> bit) & 1) === 1).map(({ name }) => name);
      touches[kind] = { key: `${high}:${low}`, adds, movesSpans: (bits & spanBit) !== 0 };
    }
  }
  return { touches, shows, batch };
}

/** Rows of a table in which there is a number. */
function rowsWritten(numbers: ArrayLike<number>, width: number): number[] {
  const rows = Array.from(numbers, (value, index) => (value === 0 ? -1 : Math.floor(index / width)));
  return [...new Set(rows)].filter((row) => row >= 0);
}

/** Counts that an event adds to, as `kind.count`. */
function addsOf(event: AccountEvent): string[] {
  return Object.entries(observed(event).touches).flatMap(([kind, { adds }]) => adds.map((name) => `${kind}.${name}`));
}

function keyOf(event: AccountEvent, kind: EntityKind): string | undefined {
  return observed(event).touches[kind]?.key;
}

const fullSignup = signupOf('acc_1', {
  context,
  email: 'aigerim@example.kz',
  phone: '+77011234567',
  username: 'aigerim_s',
});

type Row = {
  [T in EventType]: readonly [
    type: T,
    data: EventDataByType[T],
    touches: readonly EntityKind[],
    shows: readonly string[],
  ];
}[EventType];

const origin = ['account', 'ip', 'network', 'site', 'device'] as const;
const signupShows = ['ip.accounts', 'ip.devices', 'network.accounts', 'network.devices', 'device.accounts'] as const;
/** What every event but a label shows: that there was one. */
const spells = 'platform_part.spells';
/** What each act of an account itself shows. */
const habits = ['account.hours', 'account.seconds', 'account.acts'] as const;
/** What an act from an address shows. */
const whereabouts = [
  'account.addresses',
  'account.networks',
  'ip.residents',
  'network.residents',
  'site.residents',
] as const;
const originShows = [...habits, ...whereabouts, 'account.devices', 'device.networks', 'device.agents'] as const;

const rows: readonly Row[] = [
  ['account.signup', { status: 'succeeded' }, ['account', 'platform'], habits],
  [
    'account.signup',
    { status: 'succeeded', context: { ip: '1.2.3.4' } },
    ['account', 'ip', 'network', 'site', 'platform'],
    [...habits, ...whereabouts, 'ip.accounts', 'network.accounts'],
  ],
  [
    'account.signup',
    { status: 'succeeded', context: { device_id: 'd' } },
    ['account', 'device', 'platform'],
    [...habits, 'account.devices', 'device.accounts'],
  ],
  [
    'account.signup',
    { status: 'succeeded', context },
    [...origin, 'client', 'cohort', 'user_agent', 'platform'],
    [...originShows, ...signupShows],
  ],
  [
    'account.signup',
    { status: 'failed', context },
    [...origin, 'client', 'cohort', 'user_agent', 'platform'],
    originShows,
  ],
  [
    'account.signup',
    { status: 'succeeded', context: { app_version: '11.2.0' } },
    ['account', 'app_version', 'platform'],
    habits,
  ],
  [
    'account.signup',
    { status: 'succeeded', display_name: 'Aigerim' },
    ['account', 'display_name', 'platform'],
    [...habits, 'display_name.accounts'],
  ],
  [
    'account.signup',
    { status: 'succeeded', email: 'a@b.c' },
    ['account', 'email_domain', 'mailbox', 'platform'],
    [...habits, 'mailbox.accounts'],
  ],
  [
    'account.signup',
    { status: 'succeeded', phone: '+77011234567' },
    ['account', 'phone', 'phone_prefix', 'platform'],
    [...habits, 'phone.accounts'],
  ],
  ['account.signup', { status: 'succeeded', phone: '1234' }, ['account', 'platform'], habits],
  ['account.signup', { status: 'succeeded', username: 'ab' }, ['account', 'platform'], habits],
  [
    'account.signup',
    { status: 'succeeded', username: 'ab', context: { ip: '1.2.3.4' } },
    ['account', 'ip', 'network', 'site', 'site_shape', 'name_shape', 'name_stem', 'cohort', 'platform'],
    [...habits, ...whereabouts, 'ip.accounts', 'network.accounts'],
  ],
  ['account.login', { status: 'succeeded', method: 'otp', context }, origin, originShows],
  ['account.verified', { channel: 'email', status: 'succeeded', context }, origin, originShows],
  ['account.profile_updated', { username: 'ab', context }, origin, originShows],
  [
    'account.profile_updated',
    { display_name: 'A', bio: 'b', avatar_hash: '00ff13a7c4e2b905', context },
    [...origin, 'display_name', 'bio', 'avatar'],
    [...originShows, 'display_name.accounts', 'bio.accounts', 'avatar.accounts', 'avatar.networks', 'avatar.regulars'],
  ],
  [
    'social.request_sent',
    { verb: 'friend', target: 'acc_2', context },
    [...origin, 'target'],
    [...originShows, 'account.targets', 'target.actors', 'target.young_actors'],
  ],
  ['content.created', { kind: 'post', context }, origin, originShows],
  [
    'content.created',
    { kind: 'comment', target: 'acc_2', text_hash: '00ff13a7c4e2b905', context },
    [...origin, 'target', 'text'],
    [
      ...originShows,
      'account.targets',
      'target.actors',
      'target.young_actors',
      'account.texts',
      'text.accounts',
      'text.networks',
      'text.regulars',
    ],
  ],
  ['social.request_answered', { verb: 'friend', target: 'acc_2', outcome: 'accepted', context }, ['account'], []],
  ['account.reported', { reason: 'spam', context }, ['account'], ['account.reporter_networks']],
  [
    'account.reported',
    { reason: 'spam', reporter: 'acc_3', context },
    ['account'],
    ['account.reporters', 'account.reporter_networks'],
  ],
  ['account.labelled', { label: 'fake', by: 'review', context }, ['account'], []],
  // As itself, and as somebody whom others act on; of what else the event says nothing is looked at.
  ['account.erasure_requested', { context }, ['account', 'target'], []],
  ['account.hold_placed', { authority: 'court', reference: '7', context }, ['account'], []],
  ['account.hold_lifted', { authority: 'court', reference: '7', context }, ['account'], []],
];

describe('what an event touches', () => {
  it.each(rows)('%s with %j', (type, data, touches, shows) => {
    const seen = observed(eventOf(type, data));
    const sight = isLabelEvent(type) ? [] : (['platform_part'] as const);
    const all = new Set<EntityKind>([...touches, ...sight]);
    expect(Object.keys(seen.touches)).toEqual(entityKinds.filter((kind) => all.has(kind)));
    expect(Object.keys(seen.shows).toSorted()).toEqual([...shows, ...sight.map(() => spells)].toSorted());
  });

  // A platform that fills in '' for what it does not know made one device, one target and one client of all strangers.
  it.each<readonly [AccountEvent, readonly EntityKind[], readonly string[]]>([
    [
      signupOf('acc_1', { email: '', phone: '', username: '', context: { ip: '', device_id: '' } }),
      ['account', 'platform'],
      habits,
    ],
    [eventOf('content.created', { kind: 'post', target: '', context: { user_agent: '' } }), ['account'], habits],
    [eventOf('account.reported', { reason: 'spam', reporter: '' }), ['account'], []],
  ])('is nothing that is empty (%#)', (event, kinds, shown) => {
    const { touches, shows } = observed(event);
    expect(Object.keys(touches)).toEqual([...kinds, 'platform_part']);
    expect(Object.keys(shows).toSorted()).toEqual([...shown, spells].toSorted());
  });

  it('is no client without a user agent', () => {
    for (const client of [{ ip: '1.2.3.4' }, { ip: '1.2.3.4', user_agent: '' }]) {
      expect(keyOf(signupOf('acc_1', { context: client }), 'client')).toBeUndefined();
    }
  });

  it('is at offset and time of the event, under a hash of its source and id', () => {
    const event = loginOf('acc_1', { id: 'e1', timeMs: startMs + 5 });
    const { batch } = observed(event);
    expect([batch.offsets[0], batch.timesMs[0]]).toEqual([41, startMs + 5]);
    const keys = [event, { ...event, id: 'e2' }, { ...event, source: '/other' }].map(
      (one) => observed(one).batch.eventKeys[0],
    );
    expect(new Set(keys).size).toBe(3);
    expect(observed({ ...event, subject: 'acc_2' }).batch.eventKeys[0]).toBe(keys[0]);
  });

  it('leaves the other rows of the batch alone', () => {
    const batch = emptyObservations('account-events', 0, 3);
    new Observer(hasher).observe(readFacts(fullSignup), 41, batch, 1);
    expect(rowsWritten(batch.keys, entityKinds.length * 2)).toEqual([1]);
    expect(rowsWritten(batch.adds, entityKinds.length)).toEqual([1]);
    expect(rowsWritten(batch.elements, elementCount)).toEqual([1]);
  });
});

describe('what an event adds to', () => {
  const signupCounts = [
    'account.events',
    'account.signups',
    'ip.signups',
    'ip.device_signups',
    'network.signups',
    'network.device_signups',
    'network.name_signups',
    'network.agent_signups',
    'network.cohort_signups',
    'site.signups',
    'site.name_signups',
    'site_shape.signups',
    'device.signups',
    'email_domain.signups',
    'phone_prefix.signups',
    'name_shape.signups',
    'client.signups',
    'name_stem.signups',
    'cohort.signups',
    'user_agent.signups',
    'platform.agent_signups',
  ];
  it.each<readonly [string, AccountEvent, readonly string[]]>([
    ['a signup', fullSignup, signupCounts],
    [
      'an attempted signup',
      { ...fullSignup, data: { ...fullSignup.data, status: 'attempted' } } as AccountEvent,
      ['account.events', 'account.signups'],
    ],
    [
      'a failed signup',
      { ...fullSignup, data: { ...fullSignup.data, status: 'failed' } } as AccountEvent,
      ['account.events', 'account.signups', 'account.signup_failures', 'ip.signup_failures'],
    ],
    [
      'a signup that tells nothing of its device, name or client',
      signupOf('acc_1', { context: { ip: '1.2.3.4' } }),
      ['account.events', 'account.signups', 'ip.signups', 'network.signups', 'site.signups'],
    ],
    ['a login', eventOf('account.login', { status: 'succeeded', method: 'otp', context }), ['account.events']],
    [
      'a failed login',
      eventOf('account.login', { status: 'failed', method: 'otp', context }),
      ['account.events', 'account.login_failures'],
    ],
    [
      'a verification',
      eventOf('account.verified', { channel: 'email', status: 'failed', context }),
      ['account.events'],
    ],
    ['a new profile', eventOf('account.profile_updated', { context }), ['account.events']],
    [
      'a request',
      eventOf('social.request_sent', { verb: 'follow', target: 'acc_2', context }),
      ['account.events', 'account.requests', 'target.actions'],
    ],
    ...(['accepted', 'rejected', 'expired'] as const).map(
      (outcome) =>
        [
          `an ${outcome} request`,
          eventOf('social.request_answered', { verb: 'follow', target: 'acc_2', outcome }),
          [outcome === 'accepted' ? 'account.answers_good' : 'account.answers_bad'],
        ] as const,
    ),
    ['a post', eventOf('content.created', { kind: 'post', context }), ['account.events', 'account.contents']],
    [
      'a comment with a link',
      eventOf('content.created', {
        kind: 'comment',
        target: 'acc_2',
        text_hash: '00ff13a7c4e2b905',
        link_domains: ['example.org'],
      }),
      ['account.events', 'account.contents', 'account.links', 'account.texts_used', 'target.actions', 'text.uses'],
    ],
    [
      'a comment with an empty list of links',
      eventOf('content.created', { kind: 'comment', link_domains: [] }),
      ['account.events', 'account.contents'],
    ],
    [
      'a like',
      eventOf('content.created', { kind: 'like', target: 'acc_2' }),
      ['account.events', 'account.likes', 'target.actions'],
    ],
    ['a report', eventOf('account.reported', { reason: 'fake', reporter: 'acc_2' }), ['account.reports']],
    ['a label', eventOf('account.labelled', { label: 'fake', by: 'review' }), []],
    ['a wish to be forgotten', eventOf('account.erasure_requested', {}), []],
    ['a hold', eventOf('account.hold_placed', { authority: 'court', reference: '7' }), []],
  ])('%s', (_, event, adds) => {
    expect(addsOf(event).toSorted()).toEqual([...adds].toSorted());
  });
});

describe('what people say', () => {
  it.each([
    ['fake', 'review', labelCodes.fake],
    ['genuine', 'appeal', labelCodes.genuine],
    ['fake', 'chargeback', labelCodes.fake],
    // A trap is no judgement of a person.
    ['fake', 'honeypot', labelCodes.none],
  ] as const)('(%s, by %s) is label %d', (label, by, code) => {
    expect(observed(eventOf('account.labelled', { label, by })).batch.labels[0]).toBe(code);
  });

  it.each([
    ['succeeded', 1],
    // Whoever tries may have written somebody else's mailbox into the form.
    ['attempted', 0],
    ['failed', 0],
  ] as const)('is about the entities of a signup that %s: %d', (status, joins) => {
    expect(observed(signupOf('acc_1', { status })).batch.joins[0]).toBe(joins);
  });
});

/** The measure that a signup adds to its cohort. */
function measured(data: Partial<EventDataByType['account.signup']>): number {
  return observed(signupOf('acc_1', data)).batch.measures[0]!;
}

describe('the form time of a cohort', () => {
  it('is measured as its logarithm, where there is a cohort', () => {
    expect(measured({ form_ms: 999, context })).toBeCloseTo(Math.log(1000), 12);
    expect(measured({ context })).toBeNaN();
    expect(measured({ form_ms: 999 })).toBeNaN();
  });
});

describe('the autonomous system and the country', () => {
  const reference = {
    ...noReference,
    address: () => ({ asn: 9198, country: 'KZ', isHosting: false }),
    emailDomain: () => ({ isDisposable: false, isFree: false, registrable: 'example.kz' }),
  };
  const observedWith = (event: AccountEvent) => {
    const batch = emptyObservations('account-events', 0, 1);
    new Observer(hasher).observe(readFacts(event, reference), 0, batch, 0);
    return batch;
  };

  it('come from reference data', () => {
    const batch = observedWith(fullSignup);
    const countries = kindLayouts[0]!.distincts.find(({ name }) => name === 'countries')!;
    expect(batch.keys[entityKinds.indexOf('asn') * 2]).not.toBe(0);
    expect(batch.elements[countries.elementIndex]).not.toBe(0);
  });

  it('make one domain of all its subdomains', () => {
    const domainKey = entityKinds.indexOf('email_domain') * 2;
    const keys = ['a@x.example.kz', 'a@y.example.kz'].map(
      (email) => observedWith(signupOf('acc_1', { email })).keys[domainKey],
    );
    expect(keys[0]).toBe(keys[1]);
  });
});

describe('the spans', () => {
  it.each<readonly [boolean, AccountEvent]>([
    [true, loginOf('acc_1')],
    [true, fullSignup],
    [false, eventOf('account.reported', { reason: 'fake' })],
    [false, eventOf('social.request_answered', { verb: 'follow', target: 'acc_2', outcome: 'rejected' })],
    [false, eventOf('account.labelled', { label: 'fake', by: 'review' })],
    [false, eventOf('account.erasure_requested', {})],
  ])('of the account move (%s) when it acts itself: %o', (moves, event) => {
    expect(observed(event).touches.account!.movesSpans).toBe(moves);
  });

  it('of all else that is touched move always', () => {
    const { touches } = observed(eventOf('content.created', { kind: 'like', target: 'acc_2', context }));
    expect(Object.values(touches).map(({ movesSpans }) => movesSpans)).toEqual(Object.keys(touches).map(() => true));
  });
});

/** A signup from an address. */
function at(ip: string, extra: Partial<EventDataByType['account.signup']> = {}): AccountEvent {
  return signupOf('acc_1', { ...extra, context: { ...context, ip } });
}

describe('the key of an entity', () => {
  it.each<readonly [EntityKind, string, AccountEvent, AccountEvent]>([
    ['ip', 'two spellings of an address', at('2001:db8:1:2::1'), at('2001:DB8:1:2:0:0:0:1')],
    ['ip', 'a mapped address', at('95.56.234.10'), at('::ffff:95.56.234.10')],
    ['ip', 'two addresses of one /64', at('2001:db8:1:2::1'), at('2001:db8:1:2::2')],
    ['network', 'two addresses of one /24', at('95.56.234.10'), at('95.56.234.11')],
    ['network', 'two addresses of one /56', at('2001:db8:1:200::1'), at('2001:db8:1:2ff::1')],
    ['device', 'one device behind two addresses', at('95.56.234.10'), at('1.2.3.4')],
    [
      'mailbox',
      'two names of one mailbox',
      signupOf('a', { email: 'a.b+x@gmail.com' }),
      signupOf('b', { email: 'AB@googlemail.com' }),
    ],
    ['email_domain', 'two cases of a domain', signupOf('a', { email: 'x@B.C' }), signupOf('b', { email: 'y@b.c' })],
    [
      'phone_prefix',
      'two numbers of one block',
      signupOf('a', { phone: '+77011230000' }),
      signupOf('b', { phone: '+77011239999' }),
    ],
    [
      'name_shape',
      'two names of one template',
      at('1.2.3.4', { username: 'ann_12' }),
      at('1.2.3.9', { username: 'bob_34' }),
    ],
    [
      'display_name',
      'two names that look the same',
      signupOf('a', { display_name: 'José' }),
      signupOf('b', { display_name: 'JO\u00adSE\u0301' }),
    ],
    [
      'bio',
      'two biographies that look the same',
      eventOf('account.profile_updated', { bio: 'Earn money' }),
      eventOf('account.profile_updated', { bio: 'Eаrn\u00a0mo\u200bney' }),
    ],
    [
      'name_stem',
      'two names but for digits of any script',
      at('1.2.3.4', { username: 'mark01' }),
      at('1.2.3.4', { username: 'Mark٢٢' }),
    ],
    [
      'phone',
      'two spellings of a number',
      signupOf('a', { phone: '+77011234567' }),
      signupOf('b', { phone: '+7 (701) 123-45-67' }),
    ],
    [
      'mailbox',
      'two spellings of a domain',
      signupOf('a', { email: 'j@münchen.example' }),
      signupOf('b', { email: 'J@xn--mnchen-3ya.example.' }),
    ],
    [
      'text',
      'two spellings of a hash',
      eventOf('content.created', { kind: 'post', text_hash: '00FF13A7C4E2B905' }),
      eventOf('content.created', { kind: 'post', text_hash: '00ff13a7c4e2b905' }),
    ],
  ])('(%s) is one for %s', (kind, _, first, second) => {
    expect(keyOf(first, kind)).toBeDefined();
    expect(keyOf(first, kind)).toBe(keyOf(second, kind));
  });

  it.each<readonly [EntityKind, string, AccountEvent, AccountEvent]>([
    ['ip', 'two addresses', at('95.56.234.10'), at('95.56.234.11')],
    ['network', 'two networks', at('95.56.234.10'), at('95.56.235.10')],
    [
      'name_shape',
      'one template in two networks',
      at('1.2.3.4', { username: 'ann' }),
      at('1.2.4.4', { username: 'ann' }),
    ],
    ['client', 'one client in two networks', at('1.2.3.4'), at('1.2.4.4')],
    ['phone_prefix', 'two blocks', signupOf('a', { phone: '+77011230000' }), signupOf('b', { phone: '+77011240000' })],
  ])('(%s) is not one for %s', (kind, _, first, second) => {
    expect(keyOf(first, kind)).not.toBe(keyOf(second, kind));
  });

  it.each(['user_agent', 'locale', 'timezone', 'screen'] as const)('(client) depends on %s', (member) => {
    const other = signupOf('acc_1', { context: { ...context, [member]: 'other' } });
    expect(keyOf(other, 'client')).not.toBe(keyOf(fullSignup, 'client'));
  });

  it('is another for another kind, and under another secret', () => {
    const self = eventOf('social.request_sent', { verb: 'follow', target: 'acc_1' }, { subject: 'acc_1' });
    expect(keyOf(self, 'target')).not.toBe(keyOf(self, 'account'));
    const other = new EntityKeyHasher(new Uint8Array(16).fill(8));
    expect(observed(self, other).touches.account!.key).not.toBe(keyOf(self, 'account'));
  });

  it('shows the same account to every counter of accounts', () => {
    const { shows } = observed(fullSignup);
    expect(new Set([shows['ip.accounts'], shows['device.accounts'], shows['mailbox.accounts']]).size).toBe(1);
    expect(shows['ip.devices']).toBe(shows['account.devices']);
    expect(shows['device.networks']).toBe(shows['account.networks']);
  });
});

describe('what was only tried', () => {
  // A signup that was attempted, and never came about, kept its address and device for as long as one that did.
  it.each([
    ['account.signup', 'attempted', 1],
    ['account.signup', 'failed', 1],
    ['account.signup', 'succeeded', 0],
    ['account.login', 'attempted', 1],
    ['account.login', 'failed', 1],
    ['account.login', 'succeeded', 0],
  ] as const)('%s that is %s is marked %i: it makes nothing worth more memory', (type, status, expected) => {
    const data = type === 'account.signup' ? { status, context } : { status, method: 'otp' as const, context };
    expect(observed(eventOf(type, data)).batch.attempts[0]).toBe(expected);
  });
});
