import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { matrixContract } from './matrix-contract.ts';

matrixContract('the embedded store', () => Promise.resolve(new EmbeddedFeatureStore({ entitiesMax: 100_000 })));
