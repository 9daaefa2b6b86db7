import assert from 'node:assert/strict';
import { run } from '../../servers/process.ts';
import { pick, type Fault } from './fault.ts';

/** No file of the processor may grow beyond so many bytes: as a full disk, a write is refused in the middle. Needs no rights. */
const bytesMax = 4_096;

async function limitFiles(pid: number, bytes: number | 'unlimited'): Promise<void> {
  const { code, stderr } = await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { timeoutMs: 10_000 });
  assert(code === 0, `the limit of a file's size could not be set: ${stderr}`);
}

export const fillDisk: Fault = {
  name: 'fill-disk',
  what: 'the folder of the snapshot has no room: its files are refused after 4 KiB',
  parts: ['disk', 'processor'],
  lastsMs: [5_000, 9_000],
  isPossible: ({ store }) => store === 'embedded' && process.platform === 'linux',
  tells: [[{ metric: 'winnow_snapshots_total', labels: { result: 'failed' } }], [{ log: 'SNAPSHOT_INACCESSIBLE' }]],
  begin: async ({ members }, random) => {
    const { processor } = pick(random, members);
    await limitFiles(processor.pid, bytesMax);
    return async () => {
      if (!processor.hasEnded) await limitFiles(processor.pid, 'unlimited');
    };
  },
};
