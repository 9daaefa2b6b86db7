import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamEvents, streamText, winnow } from './winnow.ts';

const pathOf = temporaryFolder();

beforeAll(() => {
  const state = `{ keySecret: 5f0c9a3e7d1b48266c8ea0f2479b13d5, snapshotFile: ${pathOf('history')} }`;
  writeFileSync(pathOf('winnow.yaml'), `state: ${state}\nlog: { level: warn }\n`);
  writeFileSync(pathOf('nowhere.yaml'), 'state: { keySecret: 5f0c9a3e7d1b48266c8ea0f2479b13d5 }\n');
  writeFileSync(pathOf('events.ndjson'), `${streamText}no event\n`);
});

describe('winnow import', () => {
  it('writes the snapshot from which a processor begins, once, and says what it left out', () => {
    const line = `import ${pathOf('events.ndjson')} --config ${pathOf('winnow.yaml')}`;
    const first = winnow(line);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toContain(`Added ${streamEvents.length.toLocaleString('en-US')} events`);
    expect(first.stdout).toMatch(/1 line left out:\n {2}1 EVENT_NOT_JSON: /);
    const written = readFileSync(pathOf('history'));
    expect(existsSync(pathOf('history.lock'))).toBe(false);

    const second = winnow(`${line} --json`);
    expect(second.status).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ added: 0, addedBefore: streamEvents.length, evicted: 0 });
    expect(readFileSync(pathOf('history')).equals(written)).toBe(true);
  });

  it('refuses to fill a history that ends with it', () => {
    const { status, stderr } = winnow(`import ${pathOf('events.ndjson')} --config ${pathOf('nowhere.yaml')}`);
    expect(status).toBe(3);
    expect(stderr).toContain('state.snapshotFile');
  });

  it('wants a time with a zone', () => {
    const { status, stderr } = winnow(`import events.ndjson --before 2026-11-24`);
    expect(status).toBe(2);
    expect(stderr).toContain('2026-11-24T00:00:00Z');
  });

  it('says that a snapshot could not be written, and ends with a failure', () => {
    writeFileSync(
      pathOf('lost.yaml'),
      `state: { keySecret: 5f0c9a3e7d1b48266c8ea0f2479b13d5, snapshotFile: ${pathOf('no-folder/history')} }\n`,
    );
    const { status, stderr } = winnow(`import ${pathOf('events.ndjson')} --config ${pathOf('lost.yaml')}`);
    expect(status).toBe(6);
    expect(stderr).toContain('SNAPSHOT_INACCESSIBLE');
  });
});
