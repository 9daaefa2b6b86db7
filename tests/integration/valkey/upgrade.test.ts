import { afterAll, beforeAll, expect, it } from 'vitest';
import { ValkeyFeatureStore } from '../../../src/adapters/valkey/store.ts';
import { snapshotColumn } from '../../../src/features/state.ts';
import { observationFates } from '../../../src/ports.ts';
import { observationsOf, startMs } from '../../contract/feature-store-contract.ts';
import { connectTo } from '../../servers/valkey/nodes.ts';
import { valkeyOffer } from './offer.ts';
import { portOf, valkeySettings, valuesUnder } from './support.ts';

/** A version whose format is another has a history of its own beside the former one's: neither reads the other's, or harms it. */

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

const events = snapshotColumn('account', 'events', '24h');
const eventAt = (offset: number) => ({
  offset,
  id: 1 + offset,
  timeMs: startMs + offset * 1_000,
  account: 1,
  device: 2,
});

it('a member of another format begins with none, and leaves the other history as it is', async (context) => {
  const { nodes } = offer.require(context);
  const settings = valkeySettings(nodes);
  const open = () => new ValkeyFeatureStore(settings, () => undefined);

  const former = open();
  const { values } = await former.observe(observationsOf([eventAt(0), eventAt(1)]));
  expect(values[events]).toBe(1);
  await former.settle({ topic: 'account-events', partition: 0, offset: 1 }, []);
  await former.close();

  // What the former version wrote, had its format been another: the number of the format is where keys begin.
  const client = await connectTo(portOf(nodes[0]!));
  const written = [...(await valuesUnder(nodes, settings.keyPrefix)).keys()];
  expect(written.length).toBeGreaterThan(2);
  for (const name of written) {
    expect(name).toMatch(/^\d+\./);
    const [from, to] = [name, name.replace(/^\d+/, '1')].map((each) =>
      Buffer.from(settings.keyPrefix + each, 'latin1'),
    );
    await client.rename(from!, to!);
  }
  client.destroy();
  const before = new Map(await valuesUnder(nodes, settings.keyPrefix));

  const newer = open();
  const again = await newer.observe(observationsOf([eventAt(0), eventAt(1)]));
  // Its watermarks are its own too: what is read again counts again, once.
  expect(Array.from(again.fates, (fate) => observationFates[fate])).toEqual(['applied', 'applied']);
  expect(again.values[events]).toBe(1);
  expect(again.settledOffset).toBe(-1);
  await newer.close();

  const after = await valuesUnder(nodes, settings.keyPrefix);
  for (const [name, value] of before) expect(after.get(name)).toEqual(value);
  const own = [...after.keys()].filter((name) => !before.has(name));
  expect(own.length).toBeGreaterThan(2);
  expect(own.filter((name) => name.startsWith('1.'))).toEqual([]);
});
