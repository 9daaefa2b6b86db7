import { mkdirSync, readdirSync, readFileSync, renameSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptRanges } from '../../../../src/adapters/reference/kept-ranges.ts';
import { RangeList, RangeTable } from '../../../../src/adapters/reference/range-table.ts';
import { temporaryFolder } from '../file/folder.ts';

const pathOf = temporaryFolder();
const large = Buffer.alloc(1024 * 1024, 'x');
let folders = 0;

/** A file of its own and a folder for what is kept, what is kept there, and how often the file was read. */
function scene(content: Uint8Array = large) {
  const folder = pathOf(`kept-${(folders += 1)}`);
  mkdirSync(folder);
  const path = join(folder, 'asn-ipv4.csv');
  writeFileSync(path, content);
  utimesSync(path, 1, 1);
  const kept = (): readonly string[] => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return files.filter((name) => name.endsWith('.ranges')).map((name) => join(folder, name));
  };
  let reads = 0;
  const ranges = (reading = 'readNumber', place: string | undefined = folder): Promise<RangeTable> =>
    keptRanges(
      path,
      reading,
      async () => {
        reads += 1;
        const list = new RangeList();
        list.add(10, 19, reads);
        list.add(30, 2 ** 48, 7);
        return RangeTable.from(list);
      },
      place,
    );
  return { path, folder, kept, ranges, reads: () => reads };
}

const said = (table: RangeTable): readonly number[] => [9, 10, 19, 20, 30, 2 ** 48].map((each) => table.valueAt(each));

describe('ranges that are kept', () => {
  it('are read once', async () => {
    const { ranges, reads } = scene();
    const first = said(await ranges());
    expect(first).toEqual([0, 1, 1, 0, 7, 7]);
    expect(said(await ranges())).toEqual(first);
    expect(reads()).toBe(1);
  });

  it.each<readonly [string, (path: string) => void]>([
    ['is longer', (path) => writeFileSync(path, 'x', { flag: 'a' })],
    ['has another time', (path) => utimesSync(path, 2, 2)],
    [
      'is another of the same size and time',
      (path) => {
        writeFileSync(`${path}.new`, large);
        utimesSync(`${path}.new`, 1, 1);
        renameSync(`${path}.new`, path);
      },
    ],
  ])('are read anew where the file %s', async (_, change) => {
    const { path, ranges, kept } = scene();
    await ranges();
    change(path);
    expect((await ranges()).valueAt(10)).toBe(2);
    expect((await ranges()).valueAt(10)).toBe(2);
    expect(kept()).toHaveLength(1);
  });

  it('are others where another thing is read out of a line', async () => {
    const { ranges } = scene();
    await ranges('readNumber');
    expect((await ranges('readCountry')).valueAt(10)).toBe(2);
    expect((await ranges('readNumber')).valueAt(10)).toBe(1);
  });

  it.each<readonly [string, (place: string) => void]>([
    [
      'a byte is another',
      (place) => {
        const bytes = readFileSync(place);
        bytes[bytes.length - 1]! ^= 1;
        writeFileSync(place, bytes);
      },
    ],
    ['it is cut', (place) => truncateSync(place, 50)],
    ['it is empty', (place) => truncateSync(place, 0)],
  ])('are read anew, and kept again, where of what was kept %s', async (_, damage) => {
    const { ranges, kept, reads } = scene();
    await ranges();
    damage(kept()[0]!);
    expect(said(await ranges())).toEqual([0, 2, 2, 0, 7, 7]);
    await ranges();
    expect(reads()).toBe(2);
  });

  it('are read where nothing can be kept', async () => {
    const { path, ranges, reads } = scene();
    for (const place of [path, join(path, 'below')]) expect((await ranges('readNumber', place)).valueAt(30)).toBe(7);
    expect(reads()).toBe(2);
  });

  it('are not kept of a small file', async () => {
    const { ranges, reads, kept } = scene(large.subarray(1));
    await ranges();
    await ranges();
    expect([reads(), kept()]).toEqual([2, []]);
  });

  it('are read of a file that is there: of one that is not, nothing was kept', async () => {
    await expect(keptRanges(pathOf('none.csv'), 'readNumber', () => Promise.reject(new Error('read')))).rejects.toThrow(
      'ENOENT',
    );
  });
});
