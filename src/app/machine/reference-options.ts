import assert from 'node:assert/strict';
import type { ReferenceOptions } from '../../adapters/reference/load.ts';
import type { Config } from '../../config/schema.ts';
import { readNetworkBlock } from '../../domain/network-blocks.ts';

/** What the settings say of reference data. */
export function referenceOptions({ ownNetworks, hostingAsns, peopleAsns }: Config['reference']): ReferenceOptions {
  return {
    ownNetworks: ownNetworks.map((text) => {
      const block = readNetworkBlock(text);
      assert(block !== undefined, 'the configuration has been checked');
      return block;
    }),
    hosting: { added: hostingAsns.map(Number), removed: peopleAsns.map(Number) },
  };
}
