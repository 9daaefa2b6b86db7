import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { LastGood } from '../../../src/app/worker/last-good.ts';

// It is told after each batch: what it would write again, it made a text of each time.
it('the last good model is written when it is another, and not for each batch', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-last-good-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'deployment.json');
  const lastGood = new LastGood(file, (error) => {
    throw error;
  });
  lastGood.record({ name: 'a', version: '1' });
  await lastGood.written();
  expect(await lastGood.read()).toMatchObject({ value: { name: 'a', version: '1' } });

  await rm(`${file}.last-good`);
  lastGood.record({ name: 'a', version: '1' });
  await lastGood.written();
  expect((await lastGood.read()).ok).toBe(false);

  lastGood.record({ name: 'a', version: '2' });
  await lastGood.written();
  expect(await lastGood.read()).toMatchObject({ value: { name: 'a', version: '2' } });
});
