import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valkeyOffer } from '../valkey/offer.ts';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import { temporaryDirectory } from './support/files.ts';
import { Scene } from './support/scene.ts';
import { simulated, simulatedEvents } from './support/stream.ts';
import { sharedHistory } from './support/valkey.ts';

/**
 * Members of a former version, and what they leave, beside members of this one. Unless the program of another version is given, this one plays both
 * parts.
 */

const former = process.env['WINNOW_TEST_FORMER'];

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

const partitions = 4;
const perSecond = 300;

describe('an upgrade', () => {
  it('of members one by one, over one Valkey, gives each event one fate', async (context) => {
    const scene = await Scene.create(context, { partitions: { events: partitions } });
    const { variables } = sharedHistory(offer.require(context).nodes);
    const older = [1, 2].map(() => scene.run(variables, [], [], former));
    await Promise.all(older.map((member) => member.ready()));
    const load = scene.load(simulated(29, 20_000), perSecond);
    await Promise.all(older.map((member) => member.decideSome(50)));

    const newer = [];
    for (const member of older) {
      const next = await scene.run(variables).ready();
      await next.decideSome(50);
      newer.push(next);
      // Both versions are in the group now, and one of the former leaves as an operator ends it.
      expect(await member.end('SIGTERM')).toEqual({ code: 0, signal: null });
    }
    await Promise.all(newer.map((member) => member.decideSome(50)));
    await load.stop();
    await scene.drained(...newer);
    expectOneFateEach(await outcomeOf(scene));
  });

  it('of a process with a snapshot goes on with it, or says why not and sets it aside', async (context) => {
    const scene = await Scene.create(context, { partitions: { events: 1 } });
    const path = join(await temporaryDirectory(), 'history');
    const variables = { WINNOW_STATE_SNAPSHOT_FILE: path };
    const events = simulatedEvents(30, 600);
    await scene.write(events.slice(0, 300));
    const older = await scene.run(variables, [], [], former).ready();
    await scene.drained(older);
    expect(await older.end('SIGTERM')).toEqual({ code: 0, signal: null });

    const newer = await scene.run(variables).ready();
    const restored = (await newer.metrics()).sum('winnow_snapshots_total', { result: 'restored' });
    const refused = newer.log.some(({ code }) => code === 'SNAPSHOT_FOREIGN');
    expect([restored, refused, existsSync(`${path}.foreign-1`)]).toEqual(refused ? [0, true, true] : [1, false, false]);
    await scene.write(events.slice(300));
    await scene.drained(newer);
    expectOneFateEach(await outcomeOf(scene));
  });
});
