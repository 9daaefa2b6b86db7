import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kafka/support.ts';
import { valkeyOffer } from '../valkey/offer.ts';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import { temporaryDirectory } from './support/files.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';
import { sharedHistory } from './support/valkey.ts';

const offer = valkeyOffer();
beforeAll(offer.start);
afterAll(offer.stop);

/**
 * History outlives a topic. That it knew of the former one took as many records of the new one for settled: they were passed over,
 * committed, and never decided.
 */
describe.each(['a snapshot', 'Valkey'] as const)('history in %s', (kind) => {
  it('says nothing of a topic that was made anew, and longer, while nobody ran: each of its records is decided once', async (context) => {
    const variables =
      kind === 'Valkey'
        ? sharedHistory(offer.require(context).nodes).variables
        : { WINNOW_STATE_SNAPSHOT_FILE: join(await temporaryDirectory(), 'state') };
    const partitions = { events: 2 };
    const before = await Scene.create(context, { partitions });
    const { events, groupId } = before.names;
    await before.write(simulatedEvents(41, 300));
    const former = await before.run(variables).ready();
    await before.drained(former);
    await former.end('SIGTERM');
    const formerEnds = await before.ends();

    await before.admin.deleteTopics({ topics: [events] });
    await until(async () => !(await before.admin.listTopics()).includes(events), 'the topic is gone');
    await before.admin.deleteGroups([groupId]);
    const scene = await Scene.create(context, { partitions, names: { events, groupId } });
    await scene.write(simulatedEvents(43, 900));
    const newEnds = await scene.ends();
    for (const [partition, end] of formerEnds) expect(newEnds.get(partition)).toBeGreaterThan(end);

    const next = await scene.run(variables).ready();
    await scene.drained(next);
    await next.until(
      async () => (await next.metrics()).sum('winnow_partitions_remade_total') === partitions.events,
      'it is told of each partition',
    );
    await next.end('SIGTERM');
    const outcome = await outcomeOf(scene);
    expect(expectOneFateEach(outcome)).toBe(0);
    expect(outcome.decisions.flatMap(({ decision }) => decision.data.degraded ?? [])).toEqual([]);
  });
});
