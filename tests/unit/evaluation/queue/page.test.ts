import { describe, expect, it } from 'vitest';
import { eventTypes, isScored } from '../../../../src/domain/event.ts';
import { accountFacts } from '../../../../src/evaluation/queue/facts.ts';
import { Likeness } from '../../../../src/evaluation/queue/likeness.ts';
import { queuePage } from '../../../../src/evaluation/queue/page.ts';
import { readFacts, type EventFacts } from '../../../../src/features/facts.ts';
import type { AccountEvent } from '../../../../src/domain/event.ts';

const startMs = Date.UTC(2026, 10, 20, 8);
const context = { ip: '203.0.113.77', device_id: 'device-4711', user_agent: 'Browser/1' };

function signupOf(subject: string, more: object = {}, afterMs = 0): AccountEvent {
  const data = {
    status: 'succeeded',
    email: 'jane.roe@example.org',
    phone: '+77011234567',
    username: 'jane_12',
    context,
  };
  const event = {
    id: subject,
    source: '/s',
    type: 'account.signup',
    subject,
    timeMs: startMs + afterMs,
    malformed: [],
  };
  return { ...event, data: { ...data, ...more } } as unknown as AccountEvent;
}

function groupsOf(...events: readonly AccountEvent[]): number[] {
  const likeness = new Likeness();
  for (const [index, event] of events.entries()) likeness.add(index, readFacts(event));
  return [...likeness.groups(events.length)];
}

async function* streamOf(...events: readonly AccountEvent[]): AsyncGenerator<EventFacts> {
  for (const event of events) yield readFacts(event);
}

describe('the page of a queue', () => {
  it('shows who shares devices and addresses, and none of the addresses, mailboxes, numbers and device ids themselves', async () => {
    const facts = await accountFacts(streamOf(signupOf('acc_1'), signupOf('acc_2'), signupOf('acc_3')), ['acc_2']);
    const page = queuePage(facts);
    expect(page).toContain('1, with 2 other accounts on them');
    expect(page).toContain('1, with 2 other accounts at them');
    expect(page).toContain('mailbox at example.org');
    for (const secret of ['203.0.113.77', 'device-4711', 'jane.roe', '77011234567']) expect(page).not.toContain(secret);
  });

  it('takes what an account calls itself for text, never for a part of the page', async () => {
    const username = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
    const page = queuePage(await accountFacts(streamOf(signupOf('a"b<i>', { username })), ['a"b<i>']));
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img|<i>/);
    expect(page).toContain('&#60;script&#62;alert(1)');
    expect(page).toContain('name="a&#34;b&#60;i&#62;"');
  });

  it('keeps what people judged before and what the model says to itself', async () => {
    const judged = {
      ...signupOf('acc_1'),
      type: 'account.labelled',
      data: { label: 'fake', by: 'review' },
    } as AccountEvent;
    const page = queuePage(await accountFacts(streamOf(signupOf('acc_1'), judged), ['acc_1']));
    expect(page).toContain('1 events from');
    expect(page).not.toMatch(/labelled|stratum|probability/);
  });

  it('has words for every type of event', async () => {
    const events = eventTypes.map((type) => ({ ...signupOf('acc_1'), type, data: {} }) as unknown as AccountEvent);
    const [facts] = await accountFacts(streamOf(...events), ['acc_1']);
    expect(facts!.timeline).toHaveLength(eventTypes.filter(isScored).length);
  });
});

describe('accounts made alike', () => {
  it('are those of one device, whatever their names and hours', () => {
    const hourMs = 3_600_000;
    expect(groupsOf(...[0, 1, 2].map((day) => signupOf(`acc_${day}`, {}, day * 24 * hourMs)))).toEqual([0, 0, 0]);
  });

  it('are those of one name template from one network within an hour', () => {
    const events = ['kate_17', 'john_03', 'olga_99'].map((username, index) =>
      signupOf(username, { username, context: { ip: `203.0.113.${index + 1}` } }, index * 60_000),
    );
    expect(groupsOf(...events)).toEqual([0, 0, 0]);
  });

  it('are no two who share a device, and none who share a name template alone', () => {
    const alone = signupOf('acc_3', { context: { ip: '198.51.100.9' } });
    expect(groupsOf(signupOf('acc_1'), signupOf('acc_2'), alone)).toEqual([0, 1, 2]);
  });
});
