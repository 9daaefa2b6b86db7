import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { featureStoreContract } from './feature-store-contract.ts';

featureStoreContract('the embedded store', () => Promise.resolve(new EmbeddedFeatureStore({ entitiesMax: 10_000 })));
