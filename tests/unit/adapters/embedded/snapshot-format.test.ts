import { expect, it } from 'vitest';
import { layoutOf } from '../../../../src/adapters/embedded/snapshot-format.ts';
import { EmbeddedFeatureStore } from '../../../../src/adapters/embedded/store.ts';
import { entityState } from '../../../../src/features/state.ts';

type Declared = Record<string, { counts: Record<string, string[]>; distincts: Record<string, string[]> }>;

/** What other versions of the program may remember; records of most are as long as those of this one. */
const others: readonly (readonly [string, (declared: Declared) => void])[] = [
  ['one more counter', ({ device }) => (device!.counts['logins'] = ['1h'])],
  ['a counter less', ({ device }) => delete device!.counts['signups']],
  ['a counter of another name', ({ device }) => (device!.counts = { logins: device!.counts['signups']! })],
  [
    'a counter in another place',
    ({ ip }) => (ip!.counts = Object.fromEntries(Object.entries(ip!.counts).toReversed())),
  ],
  ['another window', ({ device }) => (device!.counts['signups'] = ['24h'])],
  ['another distinct counter', ({ phone }) => (phone!.distincts = { devices: ['7d'] })],
  ['one more kind', (declared) => (declared['link'] = { counts: {}, distincts: {} })],
];

it.each(others)(
  'a snapshot is not read by a program that remembers %s: it would be taken for something else',
  (_, change) => {
    const fields = new EmbeddedFeatureStore({ memoryBytesMax: 16 * 1024 * 1024 }).layout();
    const declared = structuredClone(entityState) as unknown as Declared;
    expect(layoutOf(fields, declared)).toBe(layoutOf(fields));
    change(declared);
    expect(layoutOf(fields, declared)).not.toBe(layoutOf(fields));
  },
);
