import { afterAll, describe, it, expect } from 'vitest';
import { Connection } from '../../../src/adapters/valkey/connection.ts';
import { ValkeyLegalHolds } from '../../../src/adapters/valkey/legal-holds.ts';
import { legalHoldsContract, type Bounds, type OpenedHolds } from '../../contract/legal-holds-contract.ts';
import { erasureStory, type Place } from '../../pipeline/erasure-story.ts';
import { valkeyOffer } from './offer.ts';
import { openStore, uniquePrefix, valkeySettings } from './support.ts';

const [single, cluster] = [valkeyOffer(), valkeyOffer({ cluster: true })];
await Promise.all([single.start(), cluster.start()]);
afterAll(() => Promise.all([single.stop(), cluster.stop()]));

function openOn(nodes: readonly string[], bounds?: Bounds): Promise<OpenedHolds> {
  const settings = valkeySettings(nodes);
  const connection = new Connection(settings, () => undefined);
  const holds = new ValkeyLegalHolds(connection, settings, bounds);
  return Promise.resolve(Object.assign(holds, { close: () => connection.close() }));
}

it.for([
  ['one server', single],
  ['a cluster', cluster],
] as const)('%s is there to keep the contract', ([, offer], context) => {
  expect(offer.require(context).nodes.length).toBeGreaterThan(0);
});

describe.skipIf(single.nodes() === null)('on one server', () => {
  legalHoldsContract('Valkey', (bounds) => openOn(single.nodes()!, bounds));

  erasureStory('Valkey', {
    runs: 25,
    open: () => Promise.resolve(openPlace(single.nodes()!, uniquePrefix())),
  });
});
describe.skipIf(cluster.nodes() === null)('on a cluster', () => {
  legalHoldsContract('a Valkey cluster', (bounds) => openOn(cluster.nodes()!, bounds));
});

/** All processes share it: one that dies leaves what it had written, and the next is told again what was not committed. */
function openPlace(nodes: readonly string[], keyPrefix: string): Place {
  const store = openStore(nodes, { keyPrefix });
  return {
    store,
    legalHolds: store.legalHolds,
    handle: (work) => work(),
    save: () => Promise.resolve(),
    covered: () => new Map(),
    killed: () => Promise.resolve(openPlace(nodes, keyPrefix)),
    close: () => store.close(),
  };
}
