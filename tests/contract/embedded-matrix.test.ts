import { EmbeddedFeatureStore } from '../../src/adapters/embedded/store.ts';
import { matrixContract } from './matrix-contract.ts';

matrixContract('the embedded store', () =>
  Promise.resolve(new EmbeddedFeatureStore({ memoryBytesMax: 64 * 1024 * 1024 })),
);
