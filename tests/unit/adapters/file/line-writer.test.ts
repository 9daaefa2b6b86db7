import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { LineWriter } from '../../../../src/adapters/file/line-writer.ts';
import { FailureError } from '../../../../src/domain/failure.ts';
import { temporaryFolder } from './folder.ts';

const pathOf = temporaryFolder();
/** Linux has a disk that is always full. */
const hasFullDisk = existsSync('/dev/full');

/** The failure that a call ends with. */
async function failureOf(call: () => Promise<unknown>) {
  const error: unknown = await call().catch((caught: unknown) => caught);
  return error instanceof FailureError ? error.failure : error;
}

describe('LineWriter', () => {
  it('writes lines and bytes in the order in which they come', async () => {
    const writer = new LineWriter(pathOf('order'));
    await writer.write('one', 'two');
    await writer.writeBytes(Buffer.from('three'));
    await writer.write('four');
    await writer.close();
    expect(await readFile(pathOf('order'), 'utf8')).toBe('one\ntwo\nthree\nfour\n');
  });

  it('writes bytes as they are', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const writer = new LineWriter(pathOf('bytes'));
    await writer.writeBytes(bytes);
    await writer.writeBytes(new Uint8Array(0));
    await writer.close();
    expect(await readFile(pathOf('bytes'))).toEqual(Buffer.from([...bytes, 0x0a, 0x0a]));
  });

  it('writes text as UTF-8, however it is gathered', async () => {
    const lines = Array.from({ length: 40_000 }, (_, number) => `Айгерим ${number}`);
    const writer = new LineWriter(pathOf('text'));
    for (const line of lines) await writer.write(line);
    await writer.close();
    expect(await readFile(pathOf('text'), 'utf8')).toBe(`${lines.join('\n')}\n`);
  });

  it('makes an empty file of nothing, and replaces what was there', async () => {
    for (const text of ['former', null]) {
      const writer = new LineWriter(pathOf('replaced'));
      if (text !== null) await writer.write(text);
      await writer.close();
    }
    expect(await readFile(pathOf('replaced'), 'utf8')).toBe('');
  });

  it.each<readonly [string, (writer: LineWriter) => Promise<unknown>]>([
    ['it is closed', (writer) => writer.close()],
    ['lines are written', (writer) => writer.write('x'.repeat(300_000)).then(() => writer.close())],
    ['bytes are written', (writer) => writer.writeBytes(Buffer.from('x')).then(() => writer.close())],
  ])('says that a file cannot be written when %s', async (_, use) => {
    await mkdir(pathOf('folder'), { recursive: true });
    for (const [path, message] of [
      [pathOf('none/file'), /ENOENT/],
      [pathOf('folder'), /EISDIR/],
    ] as const) {
      const failure = await failureOf(() => use(new LineWriter(path)));
      expect(failure).toEqual({ code: 'OUTPUT_UNWRITABLE', message: expect.stringMatching(message) as string, path });
    }
  });

  it.runIf(hasFullDisk)('says it at the next call after the disk is full', async () => {
    const writer = new LineWriter('/dev/full');
    const failure = await failureOf(async () => {
      for (let count = 0; count < 100; count++) await writer.write('x'.repeat(100_000));
    });
    expect(failure).toMatchObject({ code: 'OUTPUT_UNWRITABLE', message: expect.stringContaining('ENOSPC') as string });
  });

  it.runIf(hasFullDisk)('says that the disk is full when it is closed', async () => {
    const writer = new LineWriter('/dev/full');
    await writer.write('x');
    expect(await failureOf(() => writer.close())).toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});
