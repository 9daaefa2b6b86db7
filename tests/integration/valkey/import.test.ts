import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { importFiles } from '../../../src/app/import-files.ts';
import { EntityKeyHasher } from '../../../src/features/entity-key.ts';
import { noReference } from '../../../src/features/reference.ts';
import { policyOf } from '../../unit/policy/policies.ts';
import { temporaryFolder } from '../../unit/adapters/file/folder.ts';
import { streamEvents, streamText } from '../../unit/cli/winnow.ts';
import { valkeyOffer } from './offer.ts';
import { openStore, uniquePrefix } from './support.ts';

// Started while the tests are collected: skipping has to be known by then.
const offer = valkeyOffer();
await offer.start();
afterAll(offer.stop);
const pathOf = temporaryFolder();

describe.skipIf(offer.nodes() === null)('importing into Valkey', () => {
  it('adds each event once, by however many processes and however often', async () => {
    writeFileSync(pathOf('events.ndjson'), streamText);
    const keyPrefix = uniquePrefix();
    const importOnce = async () => {
      const store = openStore(offer.nodes()!, { keyPrefix });
      const report = await importFiles({
        files: [pathOf('events.ndjson')],
        history: { store, legalHolds: store.legalHolds, handle: (work) => work() },
        hasher: new EntityKeyHasher(Buffer.from('0123456789abcdef')),
        reference: noReference,
        disorderMsMax: 7 * 86_400_000,
        policy: policyOf(),
        beforeMs: Infinity,
        clock: { nowMs: Date.now, monotonicMs: () => performance.now() },
      });
      await store.close();
      return report;
    };
    const labelled = streamEvents.filter(({ type }) => type === 'account.labelled').length;
    expect(await importOnce()).toMatchObject({
      added: streamEvents.length,
      standing: labelled,
      addedBefore: 0,
      leftOut: {},
    });
    expect(await importOnce()).toMatchObject({ added: 0, standing: 0, addedBefore: streamEvents.length, leftOut: {} });
  });
});
