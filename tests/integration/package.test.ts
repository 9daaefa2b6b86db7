import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { streamText, winnow } from '../unit/cli/winnow.ts';

/**
 * The packed product once could not start anywhere: its command pointed at TypeScript, and what it was built to needed a Node that it
 * did not name. So it is packed, installed in a folder that knows nothing of this one, and used: by npm, and as the image has it.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const pathOf = temporaryFolder();
const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) };

/** Of the image beside Debian and Node: of 112 MiB, 44 are onnxruntime's library and 39 tables of addresses. */
const assembledBytesMax = 125 * 2 ** 20;
/** Of nobody, as in the Dockerfile. */
const strangerId = 10_001;

function run(folder: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  run(root, 'npm', 'run', '--silent', 'build');
});

it('the packed product installs elsewhere and decides as the checkout does', () => {
  const packed = run(root, 'npm', 'pack', '--silent', '--pack-destination', pathOf('.')).trim();
  const elsewhere = pathOf('elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'package.json'), '{ "private": true }');
  run(elsewhere, 'npm', 'install', '--silent', '--ignore-scripts', '--prefer-offline', pathOf(packed));

  writeFileSync(join(elsewhere, 'events.ndjson'), streamText);
  // Every decision, so that scores are compared, too.
  const options = ['--emit', 'all', '--out'];
  run(elsewhere, 'npx', '--no-install', 'winnow', 'replay', 'events.ndjson', ...options, 'decisions.ndjson');
  const here = ['replay', join(elsewhere, 'events.ndjson'), ...options, pathOf('here.ndjson')].join(' ');
  expect(winnow(here).status).toBe(0);
  const decisions = readFileSync(join(elsewhere, 'decisions.ndjson'), 'utf8');
  expect(decisions.split('\n').length).toBeGreaterThan(300);
  expect(decisions).toBe(readFileSync(pathOf('here.ndjson'), 'utf8'));
});

it('what the image holds is small, tells what is in it, and runs as a stranger who may write nowhere', () => {
  const assembled = pathOf('assembled');
  run(root, 'sh', 'deploy/image/assemble.sh', assembled);

  const files = readdirSync(assembled, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  expect(bytes).toBeLessThan(assembledBytesMax);
  const libraries = files.filter((file) => file.endsWith('onnxruntime_binding.node'));
  expect(libraries).toHaveLength(1);
  expect(libraries[0]).toContain(`/${process.platform}/${process.arch}/`);
  expect(files.filter((file) => /\.(map|[cm]?ts)$/.test(file) && file.includes('/node_modules/'))).toEqual([]);

  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const { bomFormat, components } = JSON.parse(readFileSync(join(assembled, 'sbom.cdx.json'), 'utf8')) as {
    bomFormat: string;
    components: { name: string; version: string; hashes?: unknown[] }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const listed = components.map(({ name, version }) => `${name}@${version}`);
  expect(listed).toEqual(expect.arrayContaining(Object.entries(dependencies).map((each) => each.join('@'))));
  expect(components.filter(({ hashes }) => !hashes?.length)).toEqual([]);
  // Every package that lies there is on the list.
  const manifests = files.filter((file) => /node_modules\/((@[^/]+\/)?[^/@]+)\/package\.json$/.test(file));
  expect(manifests.length).toBeGreaterThan(40);
  const named = manifests.map((file) => JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string });
  const lying = named.flatMap(({ name, version }) => (name && version ? [`${name}@${version}`] : []));
  expect(lying.filter((each) => !listed.includes(each))).toEqual([]);

  const asStranger = strangerOf(assembled);
  writeFileSync(pathOf('events.ndjson'), streamText);
  expect(() => asStranger('-e', "fs.writeFileSync('written', '')")).toThrow('EACCES');
  const decided = asStranger('bin/winnow.js', 'replay', pathOf('events.ndjson'), '--emit', 'all', '--out', '-');
  const here = ['replay', pathOf('events.ndjson'), '--emit', 'all', '--out', '-'].join(' ');
  expect(decided).toBe(winnow(here).stdout);
  expect(decided.split('\n').length).toBeGreaterThan(300);
  expect(asStranger('bin/winnow.js', 'check-config')).toContain('The configuration has no faults.');
});

/**
 * Runs Node in the folder as nobody's user, with the variables of the image and the compose file, in a tree that may be read and no
 * more, and further below in priority than the proof of a bundle puts itself, which such a user may not rise from. Where the tests are
 * not root's, the user is their own, and has lost the right to write there.
 */
function strangerOf(folder: string): (...args: string[]) => string {
  // Neither a checkout nor its Node need be where others may look.
  const node = pathOf('node');
  copyFileSync(process.execPath, node);
  for (const path of [node, pathOf('.')]) chmodSync(path, 0o755);
  run(folder, 'chmod', '-R', 'a+rX,a-w', '.');
  // Only root may remove what is in a folder without the right to write there.
  onTestFinished(() => void run(folder, 'chmod', '-R', 'u+w', '.'));
  const variables = {
    NODE_ENV: 'production',
    WINNOW_HTTP_HOST: '0.0.0.0',
    WINNOW_HTTP_REMOTE_ALLOWED: 'true',
    WINNOW_KAFKA_BROKERS: 'kafka:9092',
    WINNOW_STATE_STORE: 'valkey',
    WINNOW_VALKEY_NODES: 'valkey:6379',
    WINNOW_STATE_KEY_SECRET: '77696e6e6f772d64656d6f2d6b657921',
  };
  const stranger = process.getuid?.() === 0 ? { uid: strangerId, gid: strangerId } : {};
  return (...args) =>
    execFileSync('nice', ['-n', '15', node, ...args], {
      cwd: folder,
      env: variables,
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...stranger,
    });
}
