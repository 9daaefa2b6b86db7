import { expect, it } from 'vitest';
import { EmbeddedLegalHolds } from '../../src/adapters/embedded/legal-holds.ts';
import { EmbeddedGroupStore } from '../../src/adapters/embedded/group-store.ts';
import { joined, pieceBytesMax } from '../../src/adapters/embedded/pieces.ts';
import { sighting } from './group-sightings.ts';
import { asked, legalHoldsContract, placed } from './legal-holds-contract.ts';

legalHoldsContract('the process', (bounds) =>
  Promise.resolve(Object.assign(new EmbeddedLegalHolds(bounds), { close: () => Promise.resolve() })),
);

it('holds are in a snapshot as they were when it was begun, in pieces that it takes, beside what groups have', async () => {
  const [holds, groups] = [new EmbeddedLegalHolds(), new EmbeddedGroupStore({ membersMax: 100 })];
  await groups.take([sighting({ account: 1, shows: { device: 'd' } })]);
  const longName = 'ü'.repeat(256);
  for (let account = 0; account < 1_200; account++)
    await holds.add(`${longName}${account}`, placed(account, 'A'.repeat(32)), 1);
  for (let word = 0; word < 1_000; word++) await holds.add('acc_talks', placed(word, 'B'.repeat(32)), 2);
  await holds.add('acc_talks', asked(7), 2);
  const written = joined(holds, groups).write();
  await holds.add('acc_later', placed(1, 'A'), 0);
  const pieces = [...written];
  expect(pieces.length).toBeGreaterThan(3);
  for (const piece of pieces) expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThanOrEqual(pieceBytesMax);

  const [holdsAgain, groupsAgain] = [new EmbeddedLegalHolds(), new EmbeddedGroupStore({ membersMax: 100 })];
  for (const piece of pieces) joined(holdsAgain, groupsAgain).read(piece);
  expect(await holdsAgain.accounts()).toHaveLength(1_201);
  expect(await holdsAgain.of('acc_talks')).toEqual(await holds.of('acc_talks'));
  expect(await holdsAgain.waiting()).toEqual([{ account: 'acc_talks', partition: 2 }]);
  expect(await holdsAgain.of('acc_later')).toEqual([]);
  expect(groupsAgain.size()).toBe(1);
});
