import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { steps } from '../../src/telemetry.ts';

/** Documents name files, tests and code: what they name is there. */

const root = fileURLToPath(new URL('../../', import.meta.url));
const folders = ['bin', 'src', 'tests', 'load-tests', 'grafana', 'models', 'tools', 'deploy'];
const files = [
  ...readdirSync(root),
  ...folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  ),
  // What was installed has documents of its own.
].filter((path) => !/(^|\/)(\.venv|node_modules)\//.test(path));
const documents = files
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, folder: join(root, dirname(path)), text: readFileSync(join(root, path), 'utf8') }));

interface Link {
  readonly label: string;
  /** Absolute. */
  readonly target: string;
}

function linksOf({ folder, text }: (typeof documents)[number]): readonly Link[] {
  return [...text.matchAll(/\[([^\]]+)\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .filter(([, , target]) => !/^\w+:/.test(target!))
    .map(([, label, target]) => ({ label: label!, target: join(folder, target!) }));
}

describe('the documents', () => {
  it('are found', () => {
    expect(documents.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'src/README.md']));
  });

  it('lead to files that exist', () => {
    const broken = documents.flatMap((document) =>
      linksOf(document)
        .filter(({ target }) => !existsSync(target))
        .map(({ target }) => `${document.path}: ${relative(root, target)}`),
    );
    expect(broken).toEqual([]);
  });

  it('name files that exist, by the path or by its end', () => {
    const missing = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/`([\w./-]+\.(?:ts|md|sh|py|yaml))`/g)]
        .map(([, named]) => named!)
        .filter((named) => !files.some((file) => file === named || file.endsWith(`/${named}`)))
        .map((named) => `${path}: ${named}`),
    );
    expect(missing).toEqual([]);
  });
});

it('the life of one event is told by the steps that are measured, in their order', () => {
  const page = documents.find(({ path }) => path === 'src/README.md')!.text;
  const told = [...page.matchAll(/^\d+\. \*\*(\w+)\*\*/gm)].map(([, step]) => step!);
  expect(told.filter((step) => (steps as readonly string[]).includes(step))).toEqual(steps);
});

describe.each(['src/GLOSSARY.md', 'src/INVARIANTS.md'])('%s', (path) => {
  const document = documents.find((one) => one.path === path)!;
  const named = linksOf(document).filter(({ label }) => label.startsWith('`'));

  it('has a name of code or of a test in each row', () => {
    const rows = document.text.split('\n').filter((line) => /^\| (?!what|word|-)/.test(line));
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => !/\[`[^`]+`\]\([^)]+\)/.test(row))).toEqual([]);
  });

  it('names code and tests that are there', () => {
    const gone = named.filter(({ label, target }) => {
      if (!existsSync(target) || !statSync(target).isFile()) return true;
      const name = label.slice(1, -1);
      const text = readFileSync(target, 'utf8');
      return /^\w+$/.test(name) ? !new RegExp(`\\b${name}\\b`).test(text) : !text.includes(name);
    });
    expect(gone.map(({ label, target }) => `${label} in ${relative(root, target)}`)).toEqual([]);
  });
});
