import { readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { offerNorms } from '../../src/app/worker/offer-norms.ts';
import { parseNorms } from '../../src/scoring/norms-file.ts';
import { NormsGatherer } from '../../src/features/norms/gatherer.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { batchesOf, streamRecords, World } from './world.ts';

const pathOf = temporaryFolder();

it('takes each batch as it was scored, tells what was gathered, and what is offered can be adopted', async () => {
  const gatherer = new NormsGatherer({
    rowsMax: 100,
    accountsMax: 100,
    models: [{ name: 'fake 1', sha256: 'a'.repeat(64) }],
  });
  const world = new World({
    norms: null,
    ownNorms: {
      take: (_model, platform, used, observations, features, scores) => {
        expect(used).toBe(platform);
        expect(scores).toHaveLength(observations.count);
        gatherer.add(observations, features, [scores]);
        const { events, accounts, days } = gatherer;
        return { events, accounts, days, isOffered: false };
      },
    },
  });
  await world.takeAll(batchesOf(streamRecords()));
  const [report] = world.gathered.slice(-1);
  expect(report!.events).toBeGreaterThan(50);
  expect(report!.accounts).toBeGreaterThan(1);

  const { promise: said, resolve } = Promise.withResolvers<string>();
  const logger = { info: resolve, warn: resolve };
  offerNorms(pathOf('gathered.json'), logger)(gatherer.describe(0.005), report!);
  expect(await said).toContain('to be adopted as norms.file');
  // It has rows of single accounts.
  expect(statSync(pathOf('gathered.json')).mode & 0o777).toBe(0o600);
  const read = parseNorms(readFileSync(pathOf('gathered.json')), 'gathered.json');
  expect(read).toMatchObject({ ok: true, value: { events: report!.events, scores: [{ model: 'fake 1' }] } });
});

it('says so in one line where no file is named, or where it cannot be written', async () => {
  const gatherer = new NormsGatherer({ rowsMax: 100, accountsMax: 100, models: [] });
  await new World({
    norms: null,
    ownNorms: {
      take: (_model, _platform, _used, observations, features) => {
        gatherer.add(observations, features, []);
        return null;
      },
    },
  }).takeAll(batchesOf(streamRecords()));
  const report = { events: 1, accounts: 1, days: 1, isOffered: true };
  for (const [file, line] of [
    [undefined, 'winnow calibrate'],
    [pathOf('no/folder.json'), 'cannot be written down'],
  ] as const) {
    const { promise: said, resolve } = Promise.withResolvers<string>();
    offerNorms(file, { info: resolve, warn: resolve })(gatherer.describe(0.005), report);
    expect(await said).toContain(line);
  }
});
