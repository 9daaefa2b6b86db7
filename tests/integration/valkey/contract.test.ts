import { afterAll, describe, expect, it } from 'vitest';
import { featureStoreContract } from '../../contract/feature-store-contract.ts';
import { valkeyOffer } from './offer.ts';
import { openStore } from './support.ts';

// Started while the tests are collected: the tests of the contract do not know that a server can be missing.
const [single, cluster] = [valkeyOffer(), valkeyOffer({ cluster: true })];
await Promise.all([single.start(), cluster.start()]);
afterAll(() => Promise.all([single.stop(), cluster.stop()]));

it.for([
  ['one server', single, 1],
  ['a cluster', cluster, 3],
] as const)('%s is there to keep the contract', ([, offer, nodes], context) => {
  expect(offer.require(context).nodes.length).toBeGreaterThanOrEqual(nodes);
});

describe.skipIf(single.nodes() === null)('on one server', () => {
  featureStoreContract('Valkey', () => Promise.resolve(openStore(single.nodes()!)), true);
});
describe.skipIf(cluster.nodes() === null)('on a cluster', () => {
  featureStoreContract('a Valkey cluster', () => Promise.resolve(openStore(cluster.nodes()!)), true);
});
