import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tunablesForHugePages } from '../../../../src/adapters/system/huge-pages.ts';

const run = promisify(execFile);
const module = new URL('../../../../src/adapters/system/huge-pages.ts', import.meta.url);

describe('huge pages', () => {
  it('are asked for beside what else the allocator is told', () => {
    const tunables = tunablesForHugePages('glibc.malloc.arena_max=2', 'always [madvise] never');
    expect(tunables).toMatch(/^glibc\.malloc\.arena_max=2:glibc\.malloc\.hugetlb=1:/);
    expect(tunablesForHugePages(undefined, '[always] madvise never')).toMatch(/^glibc\.malloc\.hugetlb=1:/);
    expect(tunablesForHugePages('', '[always] madvise never')).toMatch(/^glibc\.malloc\.hugetlb=1:/);
  });

  it('are left as whoever starts the process has decided, and where the kernel gives none', () => {
    expect(tunablesForHugePages('glibc.malloc.hugetlb=0', 'always [madvise] never')).toBeUndefined();
    expect(tunablesForHugePages(undefined, 'always madvise [never]')).toBeUndefined();
    expect(tunablesForHugePages(undefined, undefined)).toBeUndefined();
  });

  it('are never asked for twice', () => {
    const once = tunablesForHugePages(undefined, 'always [madvise] never');
    expect(tunablesForHugePages(once, 'always [madvise] never')).toBeUndefined();
  });
});

describe('a restart for huge pages', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'winnow-restart-'));
    const program = [
      `import { restartForHugePages } from ${JSON.stringify(module.href)};`,
      `import { readFileSync } from 'node:fs';`,
      'const { pid, argv, execArgv, env } = process;',
      'const files = env.READS === undefined ? [] : [env.READS];',
      `const [text] = files.map((file) => readFileSync(file, 'utf8'));`,
      'restartForHugePages(files);',
      'console.log(JSON.stringify({ pid, args: argv.slice(2), execArgv, tunables: env.GLIBC_TUNABLES, own: env.OWN, text }));',
    ];
    await writeFile(join(folder, 'program.mjs'), program.join('\n'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('leaves one process with its arguments, the options of Node and its environment, and tells once', async () => {
    const setting = await readFile('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').catch(() => '[never]');
    const started = run(process.execPath, ['--no-deprecation', join(folder, 'program.mjs'), 'run', '--config', 'a b'], {
      env: { OWN: 'kept' },
    });
    const told = JSON.parse((await started).stdout) as Record<string, unknown>;
    expect(told).toMatchObject({
      pid: started.child.pid,
      args: ['run', '--config', 'a b'],
      execArgv: ['--no-deprecation'],
      own: 'kept',
    });
    if (process.platform === 'linux' && !setting.includes('[never]'))
      expect(told['tunables']).toMatch(/^glibc\.malloc\.hugetlb=1:/);
  });

  it('happens once, also where the loader drops the settings: as of a program with rights of its own', async () => {
    const dropping = join(folder, 'dropping.mjs');
    await writeFile(
      dropping,
      `delete process.env.GLIBC_TUNABLES;\nawait import(${JSON.stringify(join(folder, 'program.mjs'))});`,
    );
    // Else it ends by the timeout.
    const { stdout } = await run(process.execPath, [dropping], { env: { OWN: 'kept' }, timeout: 120_000 });
    expect(JSON.parse(stdout)).toMatchObject({ own: 'kept' });
  });

  it('does not take from a program what it has read of a pipe', async () => {
    const piped = ['-c', 'printf %s "its configuration" | "$0" "$1"', process.execPath, join(folder, 'program.mjs')];
    const ofPipe = await run('/bin/sh', piped, { env: { READS: '/dev/stdin' } });
    expect(JSON.parse(ofPipe.stdout)).toMatchObject({ text: 'its configuration' });
    const file = join(folder, 'file');
    await writeFile(file, 'its configuration');
    const { stdout } = await run(process.execPath, [join(folder, 'program.mjs')], { env: { READS: file } });
    expect(JSON.parse(stdout)).toMatchObject({ text: 'its configuration' });
  });

  it('does not happen where the process was told otherwise', async () => {
    const env = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' };
    const { stdout } = await run(process.execPath, [join(folder, 'program.mjs')], { env });
    expect(JSON.parse(stdout)).toMatchObject({ tunables: 'glibc.malloc.hugetlb=0' });
  });
});
