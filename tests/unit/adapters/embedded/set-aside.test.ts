import { mkdtemp, readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  asideAgeMsMax,
  asideFilesMax,
  removeOldAsides,
  setAside,
} from '../../../../src/adapters/embedded/set-aside.ts';

const nowMs = Date.UTC(2026, 10, 24);

/** A folder with a snapshot that is refused again and again. */
async function refusals(count: number) {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-aside-'));
  const path = join(folder, 'history');
  const asides: string[] = [];
  for (let refusal = 0; refusal < count; refusal++) {
    await writeFile(path, 'a snapshot');
    await utimes(path, nowMs / 1000, nowMs / 1000);
    asides.push(await setAside(path, refusal % 2 === 0 ? 'damaged' : 'foreign'));
  }
  return { folder, path, asides };
}

it('files that are set aside have names of their own, in the order in which they came', async () => {
  const { folder, path, asides } = await refusals(3);
  expect(asides).toEqual([`${path}.damaged-1`, `${path}.foreign-2`, `${path}.damaged-3`]);
  expect(await readdir(folder)).toHaveLength(3);
});

// They hold what was known of people, and used to stay for ever.
it('no more of them stay than are allowed, and others are left alone', async () => {
  const { folder, path, asides } = await refusals(asideFilesMax + 4);
  const others = ['history', 'history.lock', 'history.damaged-x', 'history2.damaged-1'];
  for (const name of others) await writeFile(join(folder, name), '');
  await removeOldAsides(path, nowMs);
  const kept = asides.slice(-asideFilesMax).map((each) => each.slice(folder.length + 1));
  expect((await readdir(folder)).toSorted()).toEqual([...others, ...kept].toSorted());
});

it('none stays longer than is allowed', async () => {
  const { folder, path } = await refusals(2);
  await removeOldAsides(path, nowMs + asideAgeMsMax);
  expect(await readdir(folder)).toHaveLength(2);
  await removeOldAsides(path, nowMs + asideAgeMsMax + 1);
  expect(await readdir(folder)).toEqual([]);
});
