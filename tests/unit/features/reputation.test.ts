import { describe, expect, it } from 'vitest';
import type { AccountEvent } from '../../../src/domain/event.ts';
import { judgementEpochMs } from '../../../src/history/judgement.ts';
import { eventOf, startMs } from '../steps/events.ts';
import { told } from './told.ts';

const context = { ip: '203.0.113.7', device_id: 'shared' };
const minuteMs = 60_000;

function signup(subject: string, timeMs = startMs): AccountEvent {
  return eventOf('account.signup', { status: 'succeeded', context }, { subject, timeMs });
}

function login(subject: string, timeMs = startMs + minuteMs): AccountEvent {
  return eventOf('account.login', { status: 'succeeded', method: 'password', context }, { subject, timeMs });
}

function judged(subject: string, label: 'fake' | 'genuine' = 'fake', timeMs = startMs): AccountEvent {
  return eventOf('account.labelled', { label, by: 'review' }, { subject, timeMs });
}

/** `count` accounts of the device that people found so. */
function found(count: number, label: 'fake' | 'genuine' = 'fake'): AccountEvent[] {
  const accounts = Array.from({ length: count }, (_, index) => `${label}-${index}`);
  return [...accounts.map((account) => signup(account)), ...accounts.map((account) => judged(account, label))];
}

async function shareOf(events: readonly AccountEvent[]): Promise<number> {
  return (await told(events)).at(-1)!['device_fake_share']!;
}

describe('the reputation of a device', () => {
  it('is none after one fake account: nobody is condemned by what another made and let be found out', async () => {
    expect(await shareOf([signup('victim'), ...found(1), login('victim')])).toBeNaN();
    expect(await shareOf([signup('victim'), ...found(2), login('victim')])).toBeNaN();
  });

  it('takes several other accounts', async () => {
    expect(await shareOf([signup('victim'), ...found(3), login('victim')])).toBeCloseTo(4 / 5);
    const mixed = [signup('victim'), ...found(2), ...found(4, 'genuine'), login('victim')];
    expect(await shareOf(mixed)).toBeCloseTo(3 / 8);
  });

  it('leaves out what was found of the account itself', async () => {
    const events = [...found(3), login('fake-0'), signup('other'), login('other')];
    const features = await told(events);
    expect(features[6]!['device_fake_share']).toBeNaN();
    expect(features[8]!['device_fake_share']).toBeCloseTo(4 / 5);
  });

  it('is the same for an account before and after its own label', async () => {
    const others = found(3);
    const [before, after] = [login('own'), login('own', startMs + 2 * minuteMs)];
    const features = await told([...others, signup('own'), before, judged('own'), after]);
    const shares = [others.length + 1, others.length + 3].map((row) => features[row]!['device_fake_share']!);
    expect(shares).toEqual([Math.fround(4 / 5), Math.fround(4 / 5)]);
  });

  it('fades: three judgements are too little in the next epoch, and many last longer', async () => {
    const later = login('victim', startMs + judgementEpochMs);
    expect(await shareOf([signup('victim'), ...found(3), later])).toBeNaN();
    expect(await shareOf([signup('victim'), ...found(8), later])).toBeCloseTo(5 / 6);
    const muchLater = login('victim', startMs + 3 * judgementEpochMs);
    expect(await shareOf([signup('victim'), ...found(8), muchLater])).toBeNaN();
  });

  it('cannot be drawn to another device by signing up there after the label came', async () => {
    const elsewhere = { ip: '198.51.100.9', device_id: 'elsewhere' };
    const again = (subject: string): AccountEvent =>
      eventOf('account.signup', { status: 'succeeded', context: elsewhere }, { subject, timeMs: startMs });
    const events = [...found(3), ...[0, 1, 2].map((index) => again(`fake-${index}`))];
    const atHome = await told([...events, signup('victim')]);
    expect(atHome.at(-1)!['device_fake_share']).toBeCloseTo(4 / 5);
    const away = eventOf(
      'account.login',
      { status: 'succeeded', method: 'otp', context: elsewhere },
      { timeMs: startMs },
    );
    expect((await told([...events, away])).at(-1)!['device_fake_share']).toBeNaN();
  });
});

describe('an account that was found fake and turns out to be genuine', () => {
  const shared = {
    email: 'team@firm.example',
    form_ms: 9_000,
    context: { ...context, user_agent: 'Mozilla/5.0 (X11; Linux x86_64)', locale: 'kk-KZ', screen: '1920x1080' },
  };
  const joins = (subject: string): AccountEvent =>
    eventOf('account.signup', { status: 'succeeded', ...shared }, { subject });
  const accounts = Array.from({ length: 5 }, (_, index) => `one-of-five-${index}`);
  const relabelled = (afterMs: number): AccountEvent => judged(accounts[0]!, 'genuine', startMs + afterMs);

  it.each(['device_fake_share', 'ip_fake_share', 'mailbox_fake_share', 'email_domain_fake_share', 'cohort_fake_share'])(
    'takes its share back from %s at once, and once, however often it is said',
    async (name) => {
      const shareAfter = async (labels: readonly AccountEvent[]): Promise<number> => {
        const foundFake = accounts.map((subject) => judged(subject));
        return (await told([...accounts.map(joins), ...foundFake, ...labels, joins('newcomer')])).at(-1)![name]!;
      };
      const [fake, taken] = [await shareAfter([]), await shareAfter([relabelled(1_000)])];
      expect(fake).toBeCloseTo(6 / 7);
      expect(taken).toBeCloseTo(5 / 7);
      expect(await shareAfter([relabelled(1_000), relabelled(1_000), relabelled(2_000)])).toBe(taken);
    },
  );
});
