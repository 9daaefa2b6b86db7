import { EmbeddedGroupStore } from '../../src/adapters/embedded/group-store.ts';
import { groupStoreContract } from './group-store-contract.ts';

groupStoreContract('the embedded store of groups', () =>
  Promise.resolve(new EmbeddedGroupStore({ membersMax: 10_000 })),
);
