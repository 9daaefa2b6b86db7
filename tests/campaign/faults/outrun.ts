import { setTimeout as sleep } from 'node:timers/promises';
import { anywhere, type Fault } from './fault.ts';

const standsMs = 4_000;

/** All processors stand still while events come, and some of those are deleted before they go on. */
export const outrun: Fault = {
  name: 'outrun',
  what: 'retention overtakes the group: records are deleted before they are read',
  parts: ['topic', 'processor', 'brokers'],
  lastsMs: [0, 2_000],
  isPossible: anywhere,
  tells: [[{ metric: 'winnow_lost_records_total' }], [{ log: 'Records were deleted before they were read' }]],
  incomparable: 'an undisturbed run could not read what was deleted either',
  begin: async (stage) => {
    const { members, scene } = stage;
    for (const { processor } of members) processor.signal('SIGSTOP');
    // What was fetched already is decided from memory: as much again has to come.
    await sleep(standsMs);
    const ends = await stage.paused(async () => {
      const [committed, written] = [await scene.committed(), await scene.ends()];
      await stage.forgiveUndecided(committed, written);
      const partitions = [...written].map(([partition, end]) => ({ partition, offset: String(end) }));
      await scene.admin.deleteTopicRecords({ topic: scene.names.events, partitions });
      return written;
    });
    for (const { processor } of members) processor.signal('SIGCONT');
    // Whoever takes the topic away before it is read on makes nobody miss what was deleted.
    return () => stage.hasCommitted(ends);
  },
};
