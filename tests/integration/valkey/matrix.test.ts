import { afterAll, describe, expect, it } from 'vitest';
import { matrixContract } from '../../contract/matrix-contract.ts';
import { valkeyOffer } from './offer.ts';
import { openStore } from './support.ts';

// Started while the tests are collected: the tests of the contract do not know that a server can be missing.
const offer = valkeyOffer();
await offer.start();
afterAll(offer.stop);

it('a server is there to keep the history', (context) => {
  expect(offer.require(context).nodes).toHaveLength(1);
});

describe.skipIf(offer.nodes() === null)('on one server', () => {
  matrixContract('Valkey', () => Promise.resolve(openStore(offer.nodes()!)));
});
