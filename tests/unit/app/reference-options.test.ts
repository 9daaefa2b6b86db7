import { expect, it } from 'vitest';
import { hostingTest } from '../../../src/adapters/reference/hosting-asns.ts';
import { referenceOptions } from '../../../src/app/machine/reference-options.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { blockHolds } from '../../../src/domain/network-blocks.ts';
import { readNetworkAddress } from '../../../src/features/network-address.ts';

/** A hoster that the list lacked counted as people, and there was no way to say so. */
it('what an installation knows of addresses reaches the look-ups: hosters, carriers and its own machines', () => {
  const environment = {
    WINNOW_REFERENCE_HOSTING_ASNS: '64496',
    WINNOW_REFERENCE_PEOPLE_ASNS: '24940',
    WINNOW_REFERENCE_OWN_NETWORKS: '198.51.100.0/24',
  };
  const loaded = loadConfig({ environment, readSecretFile: () => '', required: [] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  const { hosting, ownNetworks } = referenceOptions(loaded.value.reference);

  const isHosting = hostingTest(hosting!);
  expect([64_496, 24_940, 14_618, 9_198].map(isHosting)).toEqual([true, false, true, false]);

  const isOwn = (address: Parameters<typeof blockHolds>[1]) => ownNetworks!.some((block) => blockHolds(block, address));
  expect(readNetworkAddress('198.51.100.7', isOwn)).toBe('nobody');
  expect(readNetworkAddress('203.0.113.9, 198.51.100.7', isOwn)).toMatchObject({ host: '203.0.113.9' });
});
