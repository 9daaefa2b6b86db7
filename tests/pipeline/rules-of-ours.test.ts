import { expect, it } from 'vitest';
import type { IncomingRecord } from '../../src/ports.ts';
import { exampleEvents } from '../../src/wire/examples.ts';
import { batchesOf, defaultPolicy, recordOf, World } from './world.ts';

/**
 * Honest people who have the signs that rules look for, as users of other systems have reported them. The score says no to all of
 * them: the policy that ships acts on none.
 */

const startMs = Date.UTC(2026, 8, 1, 8);
const { data: signupData, ...signupEnvelope } = exampleEvents['account.signup'];

interface Told {
  readonly account: number;
  readonly afterMs: number;
  readonly data: object;
  readonly context: object;
}

function signups(count: number, told: (index: number) => Omit<Told, 'account'>): IncomingRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const { afterMs, data, context } = told(index);
    const event = {
      ...signupEnvelope,
      id: `s${index}`,
      subject: `acc_${index}`,
      time: new Date(startMs + afterMs),
      data: { ...data, status: 'succeeded', context: { ...signupData.context, ...context } },
    };
    return recordOf(Buffer.from(JSON.stringify(event)), index);
  });
}

const minuteMs = 60_000;
const names = ['ana.moreno', 'b.tulegen', 'chiara', 'dmitri.v', 'eun.ji', 'fatou_s', 'goran', 'hana.k'];
const nameOf = (index: number): string => `${names[index % names.length]}${Math.floor(index / names.length)}`;

const crowds: Readonly<Record<string, readonly IncomingRecord[]>> = {
  'a school of 300 on twenty shared machines behind one address': signups(300, (index) => ({
    afterMs: index * 12_000,
    data: { email: `${nameOf(index)}@school.example`, username: nameOf(index), form_ms: 15_000 + index },
    context: { ip: '95.56.234.10', device_id: `lab-${index % 20}` },
  })),
  'matriculation numbers that the school gave out': signups(120, (index) => ({
    afterMs: index * 20_000,
    data: { email: `${20260000 + index}@school.example`, username: `s${20260000 + index}`, form_ms: 18_000 },
    context: { ip: '95.56.234.10', device_id: `lab-${index % 20}` },
  })),
  'an app that names the library it is made with': signups(200, (index) => ({
    afterMs: index * minuteMs,
    data: { email: `${nameOf(index)}@mail.example`, username: nameOf(index) },
    context: { ip: `95.56.${index % 200}.7`, device_id: `phone-${index}`, user_agent: 'okhttp/4.12.0' },
  })),
  'a game engine that says what it is': signups(100, (index) => ({
    afterMs: index * minuteMs,
    data: { username: nameOf(index) },
    context: {
      ip: `95.56.${index}.7`,
      device_id: `phone-${index}`,
      user_agent: 'UnityPlayer/2022.3 (UnityWebRequest/1.0)',
    },
  })),
  'staff of a new customer, provisioned within the hour': signups(600, (index) => ({
    afterMs: index * 6_000,
    data: { email: `${nameOf(index)}@newcustomer.example`, username: nameOf(index), form_ms: 200 },
    context: { ip: '95.56.234.20', device_id: 'provisioning-1', user_agent: 'python-requests/2.32' },
  })),
  'a reception desk that makes an account for each guest': signups(40, (index) => ({
    afterMs: index * 10 * minuteMs,
    data: { email: `${nameOf(index)}@mail.example`, username: nameOf(index), form_ms: 9_000 },
    context: { ip: '95.56.234.30', device_id: 'desk-1' },
  })),
  'a phone in a shop that changes between its networks': signups(18, (index) => ({
    afterMs: index * 20 * minuteMs,
    data: { email: `${nameOf(index)}@mail.example`, username: nameOf(index), form_ms: 12_000 },
    context: { ip: `95.56.${index % 9}.40`, device_id: 'demo-phone' },
  })),
  'a family that shares one mailbox': signups(7, (index) => ({
    afterMs: index * minuteMs,
    data: { email: `the.family+${index}@gmail.com`, username: nameOf(index), form_ms: 40_000 },
    context: { ip: '95.56.234.50', device_id: 'tablet' },
  })),
};

it.each(Object.entries(crowds))('%s is left alone where the score says no', async (_, records) => {
  const world = await new World({ policy: defaultPolicy, model: { scoreRow: () => 0.004 } }).takeAll(
    batchesOf(records, [64]),
  );
  expect(world.decisions.map(({ subject, data }) => [subject, data.action])).toEqual([]);
  expect(world.reports.flatMap(({ deadLetters }) => Object.keys(deadLetters))).toEqual([]);
});

it('a rule that needs the agreement of the score acts with it, and is told without', async () => {
  const records = crowds['a phone in a shop that changes between its networks']!;
  const agreeing = await new World({ emit: 'all', model: { scoreRow: () => 0.7 } }).takeAll(batchesOf(records, [64]));
  const last = agreeing.decisions.at(-1)!.data;
  expect(last).toMatchObject({ action: 'block', score: 0.7 });
  expect(last.rules.map(({ id }) => id)).toContain('device-signs-up-over-many-networks');
  const against = await new World({ emit: 'all', model: { scoreRow: () => 0.3 } }).takeAll(batchesOf(records, [64]));
  const told = against.decisions.at(-1)!.data;
  expect(told).toMatchObject({ action: 'allow', rules: [] });
  expect(told.matched).toContainEqual({ id: 'device-signs-up-over-many-networks', version: 2 });
});

it('where no model spoke, rules act on what they have', async () => {
  const records = crowds['a phone in a shop that changes between its networks']!;
  const failing = { scoreRow: () => NaN };
  const world = await new World({ emit: 'all', model: failing }).takeAll(batchesOf(records, [64]));
  expect(world.decisions.at(-1)!.data).toMatchObject({ score: null, action: 'block', degraded: ['model'] });
});

it('no rule that ships enforced acts without the agreement of the score', () => {
  const alone = defaultPolicy.rules.filter(({ mode, scoreMin }) => mode === 'enforce' && scoreMin < 0.5);
  expect(alone.map(({ id }) => id)).toEqual([]);
});
