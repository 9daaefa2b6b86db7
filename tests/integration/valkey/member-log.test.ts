import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { memberLogKey } from '../../../src/adapters/valkey/keys.ts';
import { memberLogDays, openMemberLog } from '../../../src/adapters/valkey/member-log.ts';
import { proveGovernor } from '../../../src/evaluation/governor-proof.ts';
import type { MemberLog } from '../../../src/domain/member-log.ts';
import { sharingMember } from '../../contract/sharing-member.ts';
import { memberLogContract } from '../../contract/member-log-contract.ts';
import { keptBlocksContract } from '../../contract/kept-blocks-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { portOf, uniquePrefix, valkeySettings } from './support.ts';

const [single, cluster] = [valkeyOffer(), valkeyOffer({ cluster: true })];
await Promise.all([single.start(), cluster.start()]);
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  await Promise.all([single.stop(), cluster.stop()]);
});

function open(nodes: readonly string[], keyPrefix = uniquePrefix()): MemberLog {
  const { memberLog, remove } = openMemberLog(valkeySettings(nodes, { keyPrefix }), () => undefined);
  closing.push(remove);
  return memberLog;
}

it.for([
  ['one server', single],
  ['a cluster', cluster],
] as const)('%s is there to keep the contract', ([, offer], context) => {
  expect(offer.require(context).nodes.length).toBeGreaterThan(0);
});

for (const [name, offer] of [
  ['Valkey', single],
  ['a Valkey cluster', cluster],
] as const)
  describe.skipIf(offer.nodes() === null)(`in ${name}`, () => {
    memberLogContract(name, () => open(offer.nodes()!));
    keptBlocksContract(name, () => Promise.resolve(sharingMember(open(offer.nodes()!))));
  });

describe.skipIf(single.nodes() === null)('the key of a log', () => {
  it('has an end, which each call puts off', async () => {
    const keyPrefix = uniquePrefix();
    await open(single.nodes()!, keyPrefix).exchange({ birth: 0, readTo: 0, entry: 'a' });
    const client = await connectTo(portOf(single.nodes()![0]!));
    const seconds = Number(await client.sendCommand(['TTL', memberLogKey({ keyPrefix })]));
    client.destroy();
    expect(seconds).toBeGreaterThan((memberLogDays - 1) * 86_400);
  });

  it.each([
    ['of another type', ['SET', 'text']],
    ['with numbers that are none', ['HSET', 'birth', '7', 'last', 'many', 'at', '-']],
    ['whose sum stands for more than there is', ['HSET', 'birth', '7', 'last', '1', 'at', '9']],
  ])('%s makes way', async (_name, [command, ...rest]) => {
    const keyPrefix = uniquePrefix();
    const client = await connectTo(portOf(single.nodes()![0]!));
    await client.sendCommand([command!, memberLogKey({ keyPrefix }), ...rest]);
    client.destroy();
    const log = open(single.nodes()!, keyPrefix);
    const { birth, readTo } = await log.exchange({ birth: 7, readTo: 1, entry: randomBytes(2).toString('hex') });
    expect(birth).not.toBe(7);
    expect(readTo).toBe(1);
  });

  it('three members that count in it hold a rule that blocks everybody as early as one', async () => {
    const stream = { seed: 7, accounts: 400, days: 2 };
    const counts: number[] = [];
    for (const members of [1, 3]) {
      const { rules } = await proveGovernor({ ...stream, members, memberLog: open(single.nodes()!) });
      counts.push(rules[0]!.honestBeforeTrip);
    }
    expect(counts[0]).toBeLessThanOrEqual(10);
    expect(counts[1]).toBeLessThanOrEqual(12);
  });
});
