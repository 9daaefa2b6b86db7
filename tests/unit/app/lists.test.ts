import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listsInForce } from '../../../src/app/worker/lists.ts';
import type { Config } from '../../../src/config/schema.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { encodeListEntry } from '../../../src/wire/list-schema.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { entryOf, hasher } from '../lists/lists.ts';

const pathOf = temporaryFolder();

it('a policy that asks for a list without an entry is told of: a name that is misspelt finds nobody, and nobody knows', async () => {
  const file = pathOf('lists.ndjson');
  const { key, value } = encodeListEntry(entryOf({ kind: 'watch', type: 'account', value: 'acc_1', list: 'partners' }));
  writeFileSync(file, `{"key":${JSON.stringify(key)},"value":${value}}\n`);
  const config = { kafka: { topics: {} }, lists: { file, pollMs: 60_000 } } as unknown as Config;
  const lists = listsInForce(config, hasher, {} as Parameters<typeof listsInForce>[2], silentTelemetry);
  await lists.open();
  expect(lists.notes(new Set(['partners']))).toEqual([]);
  expect(lists.notes(new Set(['partners', 'partnres']))).toEqual([
    'The policy asks for the list partnres, which has no entry: listed("partnres", …) is false for everybody.',
  ]);
  await lists.close();
});
