import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/domain/failure.ts';
import { labelCodes } from '../../../src/features/observation.ts';
import { keyHighOf, observationsOf, startMs, type PlainEvent } from '../../contract/feature-store-contract.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { valkeyOffer } from './offer.ts';
import { openStore, portOf, uniquePrefix, valuesUnder, wholeState } from './support.ts';

const account = 1;
const event = {
  timeMs: startMs,
  account,
  device: 7,
  ip: 8,
  target: 3,
  cohort: 4,
  element: keyHighOf(account),
  value: 2,
};
/** A signup, what others do to the account and with its device, a label; then it asks to be forgotten. */
const events: readonly PlainEvent[] = [
  { ...event, offset: 0, id: 1, joins: true },
  { ...event, offset: 1, id: 2, account: 2, element: keyHighOf(2), joins: true, target: account },
  { timeMs: startMs, offset: 2, id: 3, account, label: labelCodes.fake },
  { timeMs: startMs, offset: 3, id: 4, account, target: account, erases: true },
];

/** The keys that are the account's, as itself and as a target: they end in its hash and the kind. */
function keysOf(state: ReadonlyMap<string, unknown>): readonly string[] {
  const hash = Buffer.from(Uint32Array.of(keyHighOf(account), account).buffer).toString('latin1');
  return [...state.keys()].filter((key) => key.slice(-9, -1) === hash);
}

describe('an account that is forgotten', () => {
  const offer = valkeyOffer();
  beforeAll(offer.start);
  afterAll(offer.stop);

  it('leaves no key behind, nor its element in the states of the entities of its signup', async (context) => {
    const { nodes } = offer.require(context);
    const keyPrefix = uniquePrefix();
    const store = openStore(nodes, { keyPrefix });
    await store.observe(observationsOf(events.slice(0, 3)));
    expect(keysOf(await valuesUnder(nodes, keyPrefix))).toHaveLength(2);
    await store.observe(observationsOf(events.slice(3)));
    expect(keysOf(await valuesUnder(nodes, keyPrefix))).toEqual([]);
    await store.close();
  });

  it('is forgotten whole, wherever the connection is cut before its batch comes again', async (context) => {
    const { nodes } = offer.require(context);
    const undisturbed = uniquePrefix();
    const plain = openStore(nodes, { keyPrefix: undisturbed });
    for (const batch of [events.slice(0, 3), events.slice(3)]) await plain.observe(observationsOf(batch));
    await plain.close();
    const expected = await wholeState(nodes, undisturbed, startMs);
    let cuts = 0;
    for (let piece = 1; piece <= 12; piece++) {
      for (const share of [0, 1]) {
        const proxy = await startCuttingProxy(portOf(nodes[0]!));
        const keyPrefix = uniquePrefix();
        const store = openStore([proxy.address], { keyPrefix });
        await store.observe(observationsOf(events.slice(0, 3)));
        const batch = observationsOf(events.slice(3));
        proxy.cutAt(piece, share);
        await store.observe(batch).catch((error: unknown) => {
          expect(error).toBeInstanceOf(FailureError);
          cuts++;
        });
        proxy.cutAt(Infinity, 1);
        await store.observe(batch);
        expect(keysOf(await valuesUnder(nodes, keyPrefix))).toEqual([]);
        expect(await wholeState(nodes, keyPrefix, startMs)).toEqual(expected);
        await store.close();
        await proxy.close();
      }
    }
    expect(cuts).toBeGreaterThan(3);
  });
});
