import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import {
  defaultPolicyFile,
  loadBundleOrChampion,
  loadNormsFile,
  loadPolicyFile,
  orThrow,
  sampleNormsFile,
} from '../../src/app/versions.ts';
import { replay } from '../../src/evaluation/replay.ts';
import { ModelSlot } from '../../src/scoring/model-slot.ts';
import { Random } from '../../src/simulation/random.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import type { WireDecision } from '../../src/wire/decision-schema.ts';

/** Honest crowds, amid a platform, by the model, the norms and the policy that ship: none of them is blocked. */

const days = 6;
const base = Array.from(simulate({ seed: 11, accounts: 600, days }).events());
const startMs = base[0]!.timeMs + (days - 1) * 86_400_000;
const minuteMs = 60_000;
const random = new Random(5);
const draw = <T>(from: readonly T[]): T => from[random.integer(0, from.length - 1)]!;

const firsts = ['ana', 'boris', 'chiara', 'dmitri', 'eun', 'fatou', 'goran', 'hana', 'ivan', 'julia', 'karim', 'lena'];
const lasts = [
  'moreno',
  'tulegen',
  'rossi',
  'volkov',
  'park',
  'sow',
  'kovac',
  'sato',
  'petrov',
  'keller',
  'haddad',
  'diaz',
];
const desktop =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36';
const tablet = 'Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/145.0.0.0 Mobile Safari/537.36';

interface Signup {
  /** Milliseconds after the crowd begins. */
  readonly afterMs: number;
  readonly data?: object;
  readonly context: object;
}

function lineOf(type: string, subject: string, timeMs: number, data: object): { timeMs: number; json: string } {
  const envelope = { specversion: '1.0', id: `${type} ${subject} ${timeMs}`, source: '/crowd', type, subject };
  return { timeMs, json: JSON.stringify({ ...envelope, time: new Date(timeMs).toISOString(), data }) };
}

/** Each signs up under a name of a person's, proves a mailbox, and reads and writes a little. */
function crowd(name: string, size: number, signup: (index: number) => Signup) {
  return Array.from({ length: size }, (_, index) => {
    const { afterMs, data, context } = signup(index);
    const [timeMs, subject] = [startMs + afterMs, `${name}_${index}`];
    const username = draw([`${draw(firsts)}.${draw(lasts)}`, `${draw(lasts)}${random.integer(1, 99)}`]);
    const email = `${username}${random.integer(1, 99)}@${draw(['gmail.com', 'yahoo.com', 'gmx.net', 'outlook.com'])}`;
    const form_ms = random.integer(20_000, 150_000);
    const other = `${name}_${random.integer(0, size - 1)}`;
    const verified = { channel: 'email', status: 'succeeded', after_ms: random.integer(8_000, 90_000), context };
    return [
      lineOf('account.signup', subject, timeMs, { status: 'succeeded', email, username, form_ms, ...data, context }),
      lineOf('account.verified', subject, timeMs + 95_000, verified),
      lineOf('content.created', subject, timeMs + 4 * minuteMs, { kind: 'like', target: other, context }),
      lineOf('social.request_sent', subject, timeMs + 9 * minuteMs, { verb: 'friend', target: other, context }),
    ];
  }).flat();
}

const office = { user_agent: desktop, locale: 'en-GB', timezone: 'Europe/London', screen: '1920x1080' };
const crowds = {
  library: crowd('library', 120, (index) => ({
    afterMs: index * 3 * minuteMs,
    context: {
      ...office,
      ip: '93.184.41.20',
      device_id: `library-${index % 8}`,
      locale: 'it-IT',
      timezone: 'Europe/Rome',
    },
  })),
  hackathon: crowd('hackathon', 150, (index) => ({
    afterMs: index * 15_000,
    data: { form_ms: random.integer(6_000, 60_000) },
    context: { ...office, ip: '130.192.92.11', device_id: `laptop-${index}`, screen: draw(['1440x900', '2560x1440']) },
  })),
  refugees: crowd('refugees', 60, (index) => ({
    afterMs: index * 9 * minuteMs,
    data: { phone: `+49151234${50_000 + index * 3}`, form_ms: random.integer(60_000, 240_000) },
    context: {
      ip: '84.131.10.7',
      device_id: `centre-tablet-${index % 3}`,
      user_agent: tablet,
      locale: draw(['uk-UA', 'ru-RU', 'ar-SY', 'fa-AF']),
      timezone: 'Europe/Berlin',
      screen: '1200x1920',
    },
  })),
  // With the numbers of the country that they had to leave.
  newcomers: crowd('newcomers', 60, (index) => ({
    afterMs: index * 11 * minuteMs,
    data: { phone: `+38067${random.integer(1_000_000, 9_999_999)}`, form_ms: random.integer(60_000, 240_000) },
    context: {
      ip: '84.131.10.7',
      device_id: `newcomers-tablet-${index % 4}`,
      user_agent: tablet,
      locale: draw(['uk-UA', 'ru-RU']),
      timezone: 'Europe/Berlin',
      screen: '1200x1920',
    },
  })),
  // With numbers that one aid gave out in one country, at the network of another.
  transit: crowd('transit', 60, (index) => ({
    afterMs: index * 9 * minuteMs,
    data: { phone: `+49151234${60_000 + index * 3}`, form_ms: random.integer(60_000, 240_000) },
    context: {
      ip: '95.24.10.7',
      device_id: `transit-tablet-${index % 3}`,
      user_agent: tablet,
      locale: draw(['uk-UA', 'ru-RU', 'ar-SY', 'fa-AF']),
      timezone: 'Europe/Moscow',
      screen: '1200x1920',
    },
  })),
  // People who work abroad: own phones, numbers and languages of home, at a few addresses of a carrier.
  expats: crowd('expats', 80, (index) => {
    const [prefix, digits, locale] = draw([
      ['+4479', 8, 'en-GB'],
      ['+9198', 8, 'en-IN'],
      ['+63917', 7, 'en-PH'],
    ] as const);
    return {
      afterMs: index * 40 * minuteMs,
      data: { phone: `${prefix}${random.integer(10 ** (digits - 1), 10 ** digits - 1)}` },
      context: {
        ip: `94.200.${30 + (index % 6)}.11`,
        device_id: `expat-${index}`,
        user_agent: tablet,
        locale,
        timezone: 'Asia/Dubai',
        screen: draw(['1080x2400', '1080x2340', '1440x3120']),
      },
    };
  }),
  // A group on tour, in one hotel, whose phones have the time of the place or still that of home.
  travellers: crowd('travellers', 60, (index) => ({
    afterMs: index * 4 * minuteMs,
    data: { phone: `+4917${random.integer(0, 9)}${random.integer(1_000_000, 9_999_999)}` },
    context: {
      ip: '88.255.216.16',
      device_id: `traveller-${index}`,
      user_agent: tablet,
      locale: 'de-DE',
      timezone: draw(['Europe/Istanbul', 'Europe/Istanbul', 'Europe/Berlin']),
      screen: draw(['1080x2400', '1080x2340', '1440x3120']),
    },
  })),
  provisioned: crowd('provisioned', 300, (index) => ({
    afterMs: index * 1_500,
    data: { email: `${draw(firsts)}.${draw(lasts)}${index}@bigcompany.example`, form_ms: undefined },
    context: { ip: '52.28.14.9', user_agent: 'python-requests/2.32.3' },
  })),
  'call-centre': crowd('call-centre', 100, (index) => ({
    afterMs: index * 18_000,
    data: { email: `agent${100 + index}@callcentre.example`, username: `agent${100 + index}` },
    context: { ...office, ip: '85.94.192.3', device_id: `call-centre-${index}` },
  })),
};

let folder = '';
const strongest = new Map<string, Set<string>>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'winnow-crowds-'));
  const lines = [...base, ...Object.values(crowds).flat()].toSorted((a, b) => a.timeMs - b.timeMs);
  const [events, out] = [join(folder, 'events.ndjson'), join(folder, 'decisions.ndjson')];
  await writeFile(events, lines.map(({ json }) => `${json}\n`).join(''));
  const options = { timeoutMs: 60_000, failuresMax: Infinity, clock: systemClock, telemetry: silentTelemetry };
  const model = new ModelSlot(orThrow(await loadBundleOrChampion(undefined)), options);
  await replay({
    events,
    out,
    deadLetters: null,
    model,
    policy: orThrow(await loadPolicyFile(defaultPolicyFile)),
    norms: orThrow(await loadNormsFile(sampleNormsFile)),
    emit: new Set(['challenge', 'review', 'block']),
    truth: new Map(),
  });
  await model.close();
  for (const line of (await readFile(out, 'utf8')).trimEnd().split('\n')) {
    const { subject, data } = JSON.parse(line) as WireDecision;
    const actions = strongest.get(subject) ?? new Set();
    strongest.set(subject, actions.add(data.action));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('the platform around them has accounts that are blocked', () => {
  expect([...strongest.values()].filter((actions) => actions.has('block')).length).toBeGreaterThan(0);
});

it.each(Object.keys(crowds))('%s: nobody is blocked', (name) => {
  const own = [...strongest].filter(([subject]) => subject.startsWith(`${name}_`));
  expect(own.filter(([, actions]) => actions.has('block')).map(([subject]) => subject)).toEqual([]);
});

it.each(['library', 'hackathon', 'provisioned', 'call-centre'])('%s: nobody is even looked at', (name) => {
  expect([...strongest.keys()].filter((subject) => subject.startsWith(`${name}_`))).toEqual([]);
});
