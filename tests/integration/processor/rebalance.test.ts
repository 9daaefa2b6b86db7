import { describe, expect, it } from 'vitest';
import { expectOneFateEach, outcomeOf } from './support/fates.ts';
import { Scene } from './support/scene.ts';
import { simulated } from './support/stream.ts';

const partitions = 6;
const perSecond = 1_000;
/** Few records a batch, so that there is always one in hand when partitions move. */
const small = { WINNOW_BATCH_RECORDS_MAX: '4' };

describe('two members of a group', () => {
  it('share the partitions and hand them over, when one joins and when one leaves; nothing is lost', async (context) => {
    const scene = await Scene.create(context, { partitions: { events: partitions } });
    const load = scene.load(simulated(13, 20_000), perSecond);
    const first = await scene.run(small).ready();
    await first.decideSome();

    const second = await scene.run(small).ready();
    await second.decideSome();
    expect([first, second].map((each) => each.partitions.length)).toEqual([partitions / 2, partitions / 2]);
    expect(new Set([...first.partitions, ...second.partitions]).size).toBe(partitions);

    expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await first.until(() => first.partitions.length === partitions, 'the first has all of them again');
    await first.decideSome();
    await load.stop();
    await scene.drained(first);

    expectOneFateEach(await outcomeOf(scene));
  });
});
