import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, readLibraryRooms, readRooms, sourceFiles, sourceFolder, type Room } from './source-tree.ts';

const rooms = readRooms();
const files = sourceFiles();
const linesMax = 400;
/** Started by name, so that nothing imports them. */
const entryPoints = new Set(['cli/main.ts', 'app/proof/proof-process.ts']);

function roomOf(path: string): Room | undefined {
  return rooms.find(({ paths }) =>
    paths.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place)),
  );
}

/** `adapters/kafka` for a file of that adapter. */
function adapterOf(path: string): string | undefined {
  return /^adapters\/[^/]+/.exec(path)?.[0];
}

describe('the source tree', () => {
  it('reads the table of rooms', () => {
    expect(rooms.length).toBeGreaterThan(10);
    expect(files.length).toBeGreaterThan(30);
  });

  it('has every file in exactly one room', () => {
    expect(files.filter((path) => roomOf(path) === undefined)).toEqual([]);
  });

  it('imports only what the table allows', () => {
    const faults = files.flatMap((path) =>
      importsOf(path).own.flatMap((imported) => {
        const from = roomOf(path)!;
        const to = roomOf(imported);
        const allowed = to !== undefined && (from === to || from.mayImport.has(to.name));
        return allowed ? [] : [`${path} (${from.name}) imports ${imported} (${to?.name ?? 'no room'})`];
      }),
    );
    expect(faults).toEqual([]);
  });

  it('keeps adapters apart', () => {
    const faults = files.flatMap((path) =>
      importsOf(path).own.flatMap((imported) => {
        const [from, to] = [adapterOf(path), adapterOf(imported)];
        return from === undefined || to === undefined || from === to ? [] : [`${path} imports ${imported}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  it('has one history: adapters that keep it place its records, and reckon with no window, no age of an epoch and no judgement', () => {
    const keepers = files.filter((path) => /^adapters\/(embedded|valkey)\//.test(path));
    expect(keepers.length).toBeGreaterThan(40);
    const reckoned =
      /\.(?:bucketMs|bucketsRead|finest|spanMs)\b|\bepoch [-+] |newestEpoch [-+] |allowedLatenessMs [-+*]|\b(?:judgementOf|labelOf|forwardWeight)\(/g;
    const faults = keepers.flatMap((path) =>
      [...readFileSync(join(sourceFolder, path), 'utf8').matchAll(reckoned)].map(([text]) => `${path}: ${text}`),
    );
    expect(faults).toEqual([]);
  });

  it('keeps each library in its room', () => {
    const libraryRooms = readLibraryRooms();
    const faults = files.flatMap((path) =>
      importsOf(path).libraries.flatMap((library) => {
        const place = libraryRooms.get(library);
        return place === undefined || path.startsWith(place) ? [] : [`${path} imports ${library}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  it('runs without what is for evaluation, simulation and development', () => {
    const loaded = new Set<string>();
    const load = (path: string): void => {
      if (loaded.has(path)) return;
      loaded.add(path);
      for (const imported of importsOf(path).own) if (imported.endsWith('.ts')) load(imported);
    };
    load('app/run.ts');
    expect(loaded.size).toBeGreaterThan(100);
    expect([...loaded].filter((path) => /^(evaluation|simulation|development)\//.test(path))).toEqual([]);
  });

  it('keeps the machine and those who work on it apart', () => {
    const faults = files.flatMap((path) =>
      importsOf(path).own.flatMap((imported) => {
        const isAcross =
          (path.startsWith('app/machine/') && imported.startsWith('app/worker/')) ||
          (path.startsWith('app/worker/') && imported.startsWith('app/machine/'));
        return isAcross ? [`${path} imports ${imported}`] : [];
      }),
    );
    expect(faults).toEqual([]);
  });

  it('has no cycles', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'done') return;
      if (state.get(path) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
        return;
      }
      state.set(path, 'open');
      for (const imported of importsOf(path).own) if (imported.endsWith('.ts')) visit(imported, [...trail, path]);
      state.set(path, 'done');
    };
    for (const path of files) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it('has no file that nobody imports', () => {
    const imported = new Set(files.flatMap((path) => importsOf(path).own));
    expect(files.filter((path) => !imported.has(path) && !entryPoints.has(path))).toEqual([]);
  });

  it('has no file that is too long to read at once', () => {
    const long = files.filter((path) => readFileSync(join(sourceFolder, path), 'utf8').split('\n').length > linesMax);
    expect(long).toEqual([]);
  });
});
