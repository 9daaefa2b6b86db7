import { describe, expect, it } from 'vitest';
import { epochMs, epochOf, epochOverlapMs } from '../../../src/domain/group-epoch.ts';
import { groupEdgeKinds, type EdgeKind } from '../../../src/domain/group-verdict.ts';
import type { AccountEvent } from '../../../src/domain/event.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { noReference } from '../../../src/features/reference.ts';
import { residentsMax, tiesOf } from '../../../src/groups/ties.ts';
import { startMs } from '../../contract/group-sightings.ts';
import { eventOf, hasher } from './batch.ts';

const every = new Set(groupEdgeKinds);
const ties = (event: AccountEvent, residents = NaN, reference = noReference, edges: ReadonlySet<EdgeKind> = every) =>
  tiesOf(readFacts(event, reference), edges, residents, hasher);
const kindsOf = (...of: Parameters<typeof ties>) => ties(...of).map(({ kind }) => kind);

const signup = (data: object, timeMs = startMs) =>
  eventOf('account.signup', 'acc_1', { status: 'succeeded', ...data }, { timeMs });
const profile = (data: object) => eventOf('account.profile_updated', 'acc_1', data);
const device = { context: { device_id: 'f2c1a3d4-7b41-4a0e-9d0c-6f1e2d3c4b5a' } };
const named = { username: 'mary_9310', context: { ip: '198.51.100.7' } };

describe('what an event shows that accounts may share', () => {
  it.each<[string, AccountEvent, readonly EdgeKind[]]>([
    ['the device of a signup', signup(device), ['device']],
    ['its mailbox', signup({ email: 'mary@example.kz' }), ['mailbox']],
    ['its phone', signup({ phone: '+77011234567' }), ['phone']],
    ['its name, made by a template in a network and an hour', signup(named), ['name-template']],
    ['a picture', profile({ avatar_hash: 'a0b1c2d3e4f50617' }), ['avatar']],
    ['a text about oneself', profile({ bio: 'I sell watches' }), ['bio']],
    ['a text', eventOf('content.created', 'acc_1', { kind: 'post', text_hash: 'a0b1c2d3e4f50617' }), ['text']],
    [
      'all of a signup',
      signup({ ...named, email: 'mary@example.kz', context: { ...named.context, ...device.context } }),
      ['device', 'mailbox', 'name-template'],
    ],
  ])('%s', (_, event, kinds) => {
    expect(kindsOf(event)).toEqual(kinds);
  });

  it.each<[string, AccountEvent]>([
    ['a device that stands in for none', signup({ context: { device_id: '00000000-0000-0000-0000-000000000000' } })],
    ['a mailbox that a platform fills in', signup({ email: 'noreply@example.com' })],
    ['a number that a form fills in', signup({ phone: '+77010000000' })],
    ['a blank picture', profile({ avatar_hash: '0000000000000000' })],
    ['a text of nothing', profile({ bio: '   ' })],
    ['an address', signup({ context: { ip: '198.51.100.7' } })],
    ['a signup that is only tried', eventOf('account.signup', 'acc_1', { status: 'attempted', ...device })],
    [
      'the device of a login',
      eventOf('account.login', 'acc_1', { status: 'succeeded', method: 'password', ...device }),
    ],
  ])('ties nobody by %s', (_, event) => {
    expect(ties(event)).toEqual([]);
  });

  it('takes one mailbox for one, however it is spelled, and one text, however it is written', () => {
    const [first, second] = ['j.ohn+shop@gmail.com', 'JOHN@googlemail.com'].map((email) => ties(signup({ email })));
    expect(first).toEqual(second);
    expect(ties(profile({ bio: 'I  sell WATCHES' }))).toEqual(ties(profile({ bio: 'i sell watches' })));
  });

  it('makes nothing of names that are alike in another hour or another network', () => {
    const [one] = ties(signup(named));
    expect(ties(signup({ ...named, username: 'john_0142' }))).toEqual([one]);
    expect(ties(signup(named, startMs + 3_600_000))).not.toEqual([one]);
    expect(ties(signup({ ...named, context: { ip: '203.0.113.7' } }))).not.toEqual([one]);
  });

  it.each<[string, number, boolean | undefined]>([
    ['a crowd', residentsMax + 1, undefined],
    ['rented machines: relays, proxies, VPNs', NaN, true],
  ])('makes nothing of names in a network of %s', (_, residents, isHosting) => {
    const reference = { ...noReference, address: () => ({ asn: 64_496, country: 'KZ', isHosting }) };
    expect(ties(signup(named), residents, reference)).toEqual([]);
    expect(
      kindsOf(signup(named), residentsMax, {
        ...reference,
        address: () => ({ asn: 64_496, country: 'KZ', isHosting: false }),
      }),
    ).toEqual(['name-template']);
  });

  it('leaves out what the policy does not ask for', () => {
    expect(kindsOf(signup({ ...device, email: 'mary@example.kz' }), NaN, noReference, new Set(['mailbox']))).toEqual([
      'mailbox',
    ]);
  });

  it('counts in its epoch, and in its last part in the next one too, so that groups end', () => {
    const endMs = (epochOf(startMs) + 1) * epochMs;
    const epochsAt = (timeMs: number) => ties(signup(device, timeMs)).map(({ epoch }) => epoch);
    expect(epochsAt(endMs - epochOverlapMs - 1)).toEqual([epochOf(startMs)]);
    expect(epochsAt(endMs - epochOverlapMs)).toEqual([epochOf(startMs), epochOf(startMs) + 1]);
    expect(epochsAt(endMs)).toEqual([epochOf(startMs) + 1]);
    expect(ties(signup(device, endMs))).not.toEqual(ties(signup(device, startMs)));
  });

  it('is keyed: nobody without the secret can try values', () => {
    const [tie] = ties(signup(device));
    expect(JSON.stringify(tie)).not.toContain(device.context.device_id);
    expect(tie!.keyHigh).not.toBe(0);
  });
});
