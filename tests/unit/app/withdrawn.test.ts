import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Withdrawn } from '../../../src/app/worker/withdrawn.ts';

let folder: string;
let deployment: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'winnow-withdrawn-'));
  deployment = join(folder, 'deployment.json');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = (): Promise<Withdrawn> =>
  Withdrawn.open(deployment, (error) => {
    throw error;
  });
const [one, other] = [
  { name: 'trees', version: '2' },
  { name: 'trees', version: '3' },
];

/** Versions that the file names. */
function written(): string[] {
  const all = JSON.parse(readFileSync(Withdrawn.fileOf(deployment), 'utf8')) as { readonly version: string }[];
  return all.map(({ version }) => version);
}

/** The second wrote what it knew, and after a restart the first canary was seated again. */
describe('canaries that two members withdraw before either has looked at the file again', () => {
  it('are both written down, in the order of time, and each member hears of the other', async () => {
    const [first, second] = [await open(), await open()];
    first.add(one, 'slow', 2_000);
    await first.written();
    second.add(other, 'wrong', 1_000);
    await second.written();
    expect(written()).toEqual(['3', '2']);
    expect(await first.refresh()).toMatchObject([{ ...other, reason: 'wrong' }]);
    expect(await second.refresh()).toMatchObject([{ ...one, reason: 'slow' }]);
    const restarted = await open();
    expect([restarted.reasonOf(one), restarted.reasonOf(other)]).toEqual(['slow', 'wrong']);
  });

  it('are both written down also where one of them had read the file before the other wrote it', async () => {
    const [first, second] = [await open(), await open()];
    first.add(one, 'slow', 1_000);
    await first.written();
    rmSync(Withdrawn.fileOf(deployment)); // as the second had read it
    second.add(other, 'wrong', 2_000);
    await second.written();
    expect(written()).toEqual(['3']);
    await first.refresh();
    await first.written();
    expect(written()).toEqual(['2', '3']);
  });
});

it('what a person takes out of the file is not written into it again by who had found it there', async () => {
  const member = await open();
  member.add(one, 'slow', 1_000);
  await member.written();
  await member.refresh();
  writeFileSync(Withdrawn.fileOf(deployment), '[]');
  await member.refresh();
  await member.written();
  expect(written()).toEqual([]);
});

it('the oldest are forgotten where there are many', async () => {
  const member = await open();
  for (let index = 0; index < 40; index += 1) member.add({ name: 'trees', version: `${index}` }, 'slow', index * 1_000);
  await member.written();
  expect(written()).toEqual(Array.from({ length: 32 }, (_, index) => `${index + 8}`));
});
