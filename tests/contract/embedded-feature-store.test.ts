import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { featureStoreContract } from './feature-store-contract.ts';

featureStoreContract('the embedded store', () =>
  Promise.resolve(new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 })),
);
