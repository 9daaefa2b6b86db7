import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openArchive } from '../../../src/app/archive/open.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { Random } from '../../../src/simulation/random.ts';
import { simulate } from '../../../src/simulation/simulate.ts';
import { decisionRecord, itemOf, request, type Written } from '../../contract/archive-records.ts';
import { openInBrowser } from '../../browser/chromium.ts';
import { startTransparencyDatabase, type Mishap } from '../../servers/transparency-database.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { faultsOf } from '../reports/statement-schema.ts';
import { compiled } from './winnow.ts';

/** `winnow report` as a newcomer runs it: simulate, replay into an archive, report. */

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const pathOf = temporaryFolder();
const days = '2026-10-01/2026-12-31';
const settings = {
  WINNOW_REPORTS_SERVICE: 'Example Social',
  WINNOW_REPORTS_BLOCK_IS: 'suspension',
  WINNOW_REPORTS_USER_REPORTS_ARE: 'other',
  WINNOW_REPORTS_DSA_GROUND: 'Terms of service, section 3.2: one real person, one account',
  WINNOW_REPORTS_DSA_EXPLANATION: 'An account that was made to deceive is not the account of one real person.',
  WINNOW_REPORTS_DSA_TERRITORIAL_SCOPE: 'DE,FR',
};
type Settings = Readonly<Record<string, string>>;

function report(options: readonly string[], environment: Settings = settings) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'report', ...options], {
    env: { ...compiled, ...environment },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const lines = (path: string): readonly string[] => readFileSync(pathOf(path), 'utf8').trimEnd().split('\n');

beforeAll(() => {
  const { events } = simulate({ seed: 5, accounts: 500, days: 20, reviews: true });
  writeFileSync(pathOf('events.ndjson'), Array.from(events(), ({ json }) => `${json}\n`).join(''));
  const options = ['replay', pathOf('events.ndjson'), '--archive', pathOf('archive.db')];
  const { status, stderr } = spawnSync(process.execPath, [main, ...options], { env: compiled, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
});

it.each([
  ['archive', 'verify'],
  ['evidence', 'acc_1', '--author', 'anna', '--reason', 'request 2026/118', '--out', 'evidence.jsonl'],
])('winnow %s refuses an archive that is not there, instead of making an empty one', (...options) => {
  const absent = pathOf('absent.db');
  const { status, stderr } = spawnSync(process.execPath, [main, ...options, '--archive', absent], {
    cwd: pathOf('.'),
    env: compiled,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([6, expect.stringContaining('there is no archive')]);
  expect([existsSync(absent), existsSync(`${absent}.secret`)]).toEqual([false, false]);
});

describe('winnow report dsa', () => {
  it('refuses with all that is not known, and touches nothing', () => {
    const { status, stderr } = report(['dsa', '--archive', pathOf('archive.db')], {});
    expect(status).toBe(4);
    for (const setting of [
      'blockIs',
      'userReportsAre',
      'dsa.ground',
      'dsa.explanation',
      'dsa.territorialScope',
      'dsa.url',
      'dsa.token',
    ])
      expect(stderr).toContain(`reports.${setting}: `);
  });

  it('refuses an archive that is not there, instead of making an empty one', () => {
    const { status, stderr } = report(['dsa', '--archive', pathOf('none.db'), '--dry-run']);
    expect([status, stderr]).toEqual([6, expect.stringContaining('there is no archive')]);
  });

  it('writes valid statements, and lists for which nobody knows the day of registration until the platform says it', () => {
    const archive = ['dsa', '--archive', pathOf('archive.db')];
    const first = report([...archive, '--out', pathOf('statements.ndjson'), '--left-out', pathOf('left.csv')]);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const statements = lines('statements.ndjson').map((line) => JSON.parse(line) as { puid: string });
    expect(statements.length).toBeGreaterThan(10);
    expect(statements.flatMap(faultsOf)).toEqual([]);
    const [header, ...left] = lines('left.csv');
    expect(header).toBe('account_id,decision,why');
    expect(left.length).toBeGreaterThan(0);
    const registered = left.map((line) => `${line.split(',')[0]!},2024-05-01`);
    writeFileSync(pathOf('registered.csv'), ['account_id,registered', ...registered].join('\n'));
    const second = report([...archive, '--dry-run', '--registered', pathOf('registered.csv')]);
    expect(second.stdout).toContain(`Would send ${statements.length + left.length} statements`);
  });

  it('says which line of the days of registration is none', () => {
    writeFileSync(pathOf('wrong.csv'), 'account_id,registered\nacc_1,yesterday\n');
    const { status, stderr } = report([
      'dsa',
      '--archive',
      pathOf('archive.db'),
      '--dry-run',
      '--registered',
      pathOf('wrong.csv'),
    ]);
    expect([status, stderr]).toEqual([6, expect.stringContaining('wrong.csv:2')]);
  });

  it('sends each once, with the token of a file, and nothing the next time', async () => {
    const server = await startTransparencyDatabase({ token: 'a-token' });
    onTestFinished(() => server.close());
    writeFileSync(pathOf('token'), 'a-token\n');
    const env = { ...settings, WINNOW_REPORTS_DSA_URL: server.url, WINNOW_REPORTS_DSA_TOKEN_FILE: pathOf('token') };
    const run = () => start(['dsa', '--archive', pathOf('archive.db')], env);
    const first = await run().ended;
    expect(first.status).toBe(0);
    expect(server.taken.size).toBe(lines('statements.ndjson').length);
    const requests = server.requests.length;
    expect((await run().ended).stdout).toContain('Sent 0 statements');
    expect(server.requests.length).toBe(requests);
    expect([...server.taken.values()].every((times) => times === 1)).toBe(true);
  });

  it('ends with what to do where the token is wrong', async () => {
    const server = await startTransparencyDatabase({ token: 'another' });
    onTestFinished(() => server.close());
    const archive = pathOf('wrong-token.db');
    await archiveOf(archive, 1);
    const env = { ...settings, WINNOW_REPORTS_DSA_URL: server.url, WINNOW_REPORTS_DSA_TOKEN: 'a-token' };
    const { status, stderr } = await start(['dsa', '--archive', archive], env).ended;
    expect([status, stderr]).toEqual([4, expect.stringContaining('STATEMENTS_REFUSED')]);
    expect(stderr).not.toContain('a-token');
  });

  it('gives each decision its statement once, through processes that are killed', async () => {
    const count = 1_500;
    const archive = pathOf('killed.db');
    await archiveOf(archive, count);
    const random = new Random(17);
    let killAt = Infinity;
    let child: ReturnType<typeof start>['child'] | undefined;
    // What is asked one by one is left alone: each mishap is waited for in earnest here.
    const mishap = (asked: string): Mishap => {
      if (--killAt <= 0) child?.kill('SIGKILL');
      return asked.startsWith('POST') && random.chance(0.1) ? 'cut' : 'none';
    };
    const server = await startTransparencyDatabase({ token: 'a-token', mishap });
    onTestFinished(() => server.close());
    const env = { ...settings, WINNOW_REPORTS_DSA_URL: server.url, WINNOW_REPORTS_DSA_TOKEN: 'a-token' };
    let kills = 0;
    for (let isDone = false; !isDone;) {
      killAt = kills < 3 ? random.integer(1, 8) : Infinity;
      const run = start(['dsa', '--archive', archive], env);
      child = run.child;
      const { status } = await run.ended;
      isDone = status === 0;
      if (!isDone) kills++;
    }
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(server.taken.size).toBe(count);
    expect([...server.taken.values()].every((times) => times === 1)).toBe(true);
    expect(server.statements.flatMap(faultsOf)).toEqual([]);
  });
});

describe('winnow report transparency', () => {
  it('writes the three parts, and the same ones again for the same cut-off', () => {
    const options = ['transparency', '--archive', pathOf('archive.db'), '--days', days, '--cut-off', '2026-12-31'];
    const first = report([...options, '--out', pathOf('first')]);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(report([...options, '--out', pathOf('second')]).status).toBe(0);
    for (const part of [
      'Part_6_own_initiative_TC.csv',
      'Part_7_appeals_and_recidivism.csv',
      'Part_8_automated_means.csv',
    ]) {
      expect(lines(`second/${part}`)).toEqual(lines(`first/${part}`));
      expect(lines(`first/${part}`)[1]).toContain('Example Social,2026-10-01/2026-12-31');
    }
  });

  it('lists what nobody gave, takes it back completed, and refuses what is wrong in it with its place', () => {
    const options = ['transparency', '--archive', pathOf('archive.db'), '--days', days, '--cut-off', '2026-12-31'];
    expect(report([...options, '--out', pathOf('open')]).stdout).toContain('unknown-facts.json: ');
    const list = JSON.parse(readFileSync(pathOf('open/unknown-facts.json'), 'utf8')) as {
      cells: { indicator: string; scope: string; value: unknown }[];
    };
    const at = list.cells.findIndex(
      ({ indicator, scope }) => indicator.startsWith('Number of disputes') && scope === 'Total number',
    );
    list.cells[at]!.value = 7;
    writeFileSync(pathOf('facts.json'), JSON.stringify(list));
    expect(report([...options, '--facts', pathOf('facts.json'), '--out', pathOf('closed')])).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(lines('closed/Part_7_appeals_and_recidivism.csv').join('\n')).toMatch(
      /Number of disputes[^,]*,Total number,7,/,
    );
    const left = JSON.parse(readFileSync(pathOf('closed/unknown-facts.json'), 'utf8')) as { cells: unknown[] };
    expect(left.cells).toHaveLength(list.cells.length - 1);
    list.cells[at]!.value = 'seven';
    writeFileSync(pathOf('wrong.json'), JSON.stringify(list));
    const { status, stderr } = report([...options, '--facts', pathOf('wrong.json'), '--out', pathOf('never')]);
    expect([status, stderr]).toEqual([6, expect.stringContaining(`cells.${at}.value`)]);
    expect(existsSync(pathOf('never'))).toBe(false);
  });

  it('counts by language where the platform says whose is which', () => {
    const archive = ['--archive', pathOf('archive.db')];
    const options = ['transparency', ...archive, '--days', days, '--cut-off', '2026-12-31'];
    const accounts = new Set(
      readFileSync(pathOf('events.ndjson'), 'utf8')
        .matchAll(/"subject":"([^"]+)"/g)
        .map(([, account]) => account),
    );
    const table = ['account_id,language', ...Array.from(accounts, (account) => `${account},de`)];
    writeFileSync(pathOf('languages.csv'), table.join('\n'));
    const out = ['--languages', pathOf('languages.csv'), '--out', pathOf('spoken')];
    expect(report([...options, ...out])).toMatchObject({ status: 0, stderr: '' });
    const rows = lines('spoken/Part_8_automated_means.csv').filter((row) => row.includes('Number of measures'));
    const sumOf = (scope: string): number =>
      rows
        .filter((row) => row.includes(`,${scope},`))
        .reduce((sum, row) => sum + Number.parseInt(row.split(`,${scope},`)[1]!), 0);
    expect(sumOf('de')).toBe(sumOf('Total number'));
    expect(sumOf('de')).toBeGreaterThan(10);
    expect(sumOf('fr')).toBe(0);
  });

  it('refuses without the facts that it needs, and wrong days', () => {
    const { status, stderr } = report(
      ['transparency', '--archive', pathOf('archive.db'), '--days', days, '--out', pathOf('x')],
      {},
    );
    expect([status, stderr]).toEqual([4, expect.stringContaining('reports.service: ')]);
    expect(report(['transparency', '--days', '2026-02-30/2026-03-01', '--out', pathOf('x')]).status).toBe(2);
  });
});

describe('winnow report quarter', () => {
  it('tells a quarter to people and programs, and what a later cut-off restates', async (context) => {
    const options = ['quarter', '2026-Q4', '--archive', pathOf('archive.db')];
    const first = report([...options, '--cut-off', '2026-10-12']);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).not.toContain('Told before');
    const out = ['html', 'json', 'csv'].flatMap((kind) => ['--out', pathOf(`quarter.${kind}`)]);
    const second = report([...options, '--cut-off', '2026-12-31', ...out]);
    expect(second.stdout).toMatch(
      /Told before, by 2026-10-13T00:00:00.000Z, these were other figures\n.*\n +Accounts actioned/,
    );
    const { figures } = JSON.parse(readFileSync(pathOf('quarter.json'), 'utf8')) as {
      figures: { name: string; value: number }[];
    };
    const actioned = figures.find(({ name }) => name === 'actioned')!.value;
    expect(actioned).toBeGreaterThan(10);
    expect(lines('quarter.csv')).toHaveLength(1 + figures.length);
    const { dom, console } = await openInBrowser(context, pathOf('quarter.html'));
    expect(console).toBe('');
    expect(dom).toContain(`<b>${actioned.toLocaleString('en-US')}</b>`);
    expect(dom).toContain('Restated since');
  });

  it('says what it told before by the same cut-off, where somebody was forgotten since', async () => {
    const path = pathOf('forgotten.db');
    const atMs = Date.UTC(2026, 10, 25);
    // Whose decisions nothing ties together any more is counted for each.
    await writeTo(path, [
      decisionRecord({ account: 'acc_1', atMs }),
      decisionRecord({ account: 'acc_1', atMs: atMs + 1 }),
    ]);
    const told = () => report(['quarter', '2026-Q4', '--archive', path, '--cut-off', '2026-12-31']).stdout;
    expect(told()).not.toContain('Told before');
    expect(told()).not.toContain('Told before');
    await writeTo(path, [request('acc_1', atMs + 2)]);
    const restated = /Told before, by 2027-01-01T00:00:00.000Z, these were .*\n.*\n +Accounts actioned +1 +2\n/;
    expect(told()).toMatch(restated);
    expect(told()).toMatch(restated);
  });

  it('refuses what is no quarter, and a cut-off before it', () => {
    expect(report(['quarter', '2026-Q5']).status).toBe(2);
    expect(report(['quarter', '2026-Q4', '--archive', pathOf('archive.db'), '--cut-off', '2026-09-01']).status).toBe(2);
  });
});

/** An archive of blocks, each of an account of its own. */
async function archiveOf(path: string, count: number): Promise<void> {
  const atMs = Date.UTC(2026, 10, 25);
  await writeTo(
    path,
    Array.from({ length: count }, (_, index) => decisionRecord({ account: `acc_${index}`, atMs: atMs + index })),
  );
}

async function writeTo(path: string, written: readonly Written[]): Promise<void> {
  const config = loadConfig({ environment: {}, readSecretFile: () => '' });
  if (!config.ok) throw new Error('the defaults are valid');
  const archive = await openArchive(config.value, path);
  const items = written.map((record, index) => itemOf(record, index));
  for (let from = 0; from < items.length; from += 500)
    await archive.write({ items: items.slice(from, from + 500), positions: [], nowMs: Date.now() });
  await archive.close();
}

function start(options: readonly string[], env: Settings) {
  const child = spawn(process.execPath, [main, 'report', ...options], {
    env: { ...compiled, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, stdout, stderr }));
  return { child, ended };
}
