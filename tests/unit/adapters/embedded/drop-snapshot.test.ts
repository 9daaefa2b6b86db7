import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dropSnapshot } from '../../../../src/adapters/embedded/drop-snapshot.ts';
import { SnapshotLock } from '../../../../src/adapters/embedded/snapshot-lock.ts';
import { temporaryFolder } from '../file/folder.ts';

const pathOf = temporaryFolder();

it('a snapshot goes with all that was set aside of it, when it is said so, and nothing else does', async () => {
  const own = ['history', 'history.damaged-1', 'history.foreign-2', 'history.unfinished-9f'];
  const others = ['history-2', 'history.yaml', 'history.foreign-2.txt'];
  for (const name of [...own, ...others]) writeFileSync(pathOf(name), name);
  expect(await dropSnapshot(pathOf('history'), false)).toEqual({ ok: true, value: own.map(pathOf).toSorted() });
  expect(existsSync(pathOf('history'))).toBe(true);
  expect(await dropSnapshot(pathOf('history'), true)).toEqual({ ok: true, value: own.map(pathOf).toSorted() });
  expect(readdirSync(pathOf('')).toSorted()).toEqual(others.toSorted());
  expect(await dropSnapshot(pathOf('history'), true)).toEqual({ ok: true, value: [] });
});

it('a snapshot that a process uses stays', async () => {
  writeFileSync(pathOf('used'), 'used');
  const lock = await SnapshotLock.acquire(`${pathOf('used')}.lock`);
  expect(await dropSnapshot(pathOf('used'), true)).toMatchObject({ ok: false, failure: { code: 'SNAPSHOT_LOCKED' } });
  expect(existsSync(pathOf('used'))).toBe(true);
  if (lock.ok) await lock.value.release();
});
