import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dayMs, decisionRecord } from '../../contract/archive-records.ts';
import { until, write } from '../kafka/support.ts';
import { temporaryDirectory } from './support/files.ts';
import type { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';

/** An archive outlives a topic. By its offsets it took as many records of a new one for read as it had read of the former. */
it('an archive reads a topic that was made anew, and longer, while it was not running from its first record', async (context) => {
  const before = await Scene.create(context, { partitions: { decisions: 2 } });
  const { decisions } = before.names;
  const file = join(await temporaryDirectory(), 'archive.db');
  const variables = { WINNOW_ARCHIVE_FILE: file, WINNOW_ARCHIVE_SECRET: 'c0ffee11'.repeat(8), WINNOW_HTTP_PORT: '0' };
  const startMs = Date.now() - dayMs;
  const writeOf = async (scene: Scene, prefix: string, count: number): Promise<void> => {
    const records = Array.from({ length: count }, (_, index) =>
      decisionRecord({ account: `${prefix}_${index}`, atMs: startMs + index }),
    );
    await write(
      scene.brokers,
      decisions,
      records.map(({ key, value, timestampMs }) => ({ key, value, timestamp: String(timestampMs) })),
    );
  };
  const run = async (scene: Scene): Promise<Processor> => {
    const archive = await scene.command(['archive'], variables).ready();
    const lag = async () => (await archive.metrics()).by('winnow_archive_lag_records', 'topic')[decisions];
    await archive.until(async () => (await lag()) === 0, 'the archive has all that the topic has');
    return archive;
  };

  await writeOf(before, 'former', 40);
  await (await run(before)).end('SIGTERM');
  await before.admin.deleteTopics({ topics: [decisions] });
  await until(async () => !(await before.admin.listTopics()).includes(decisions), 'the topic is gone');
  const scene = await Scene.create(context, { partitions: { decisions: 2 }, names: { decisions } });
  await writeOf(scene, 'present', 200);
  const archive = await run(scene);
  expect(archive.stderr + archive.stdout).toMatch(/another one than was read/);
  await archive.end('SIGTERM');

  const verify = scene.command(['archive', 'verify'], variables);
  expect(await verify.ended).toEqual({ code: 0, signal: null });
  expect(verify.stdout).toMatch(/decisions +240\n/);
});
