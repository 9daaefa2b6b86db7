import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamEvents, streamText, streamTruth, winnow } from './winnow.ts';

/** The commands on lists, over a file that stands for the topic. */

const pathOf = temporaryFolder();
let files = 0;
const freshFile = (): string => pathOf(`lists-${(files += 1)}.ndjson`);
const entry = '--list own --kind deny --type account --reason case-1 --author anna';

/** A CSV file with these bytes. */
function csv(bytes: string | Uint8Array): string {
  const path = pathOf(`import-${(files += 1)}.csv`);
  writeFileSync(path, bytes);
  return path;
}

const events = () => pathOf('events.ndjson');
const labels = () => pathOf('labels.csv');
const decisions = () => pathOf('decisions.ndjson');
const lists = () => pathOf('lists.ndjson');

const good = 'list,kind,type,value,reason,author,expires,reference\n';
const rows = (...lines: string[]): string => csv(good + lines.map((line) => `${line}\n`).join(''));

describe('winnow list', () => {
  it('adds, shows, exports and removes; the value is nowhere in what is kept', () => {
    const file = freshFile();
    const added = winnow(`list add ${entry} --value acc_secret_7 --file ${file}`);
    expect(added).toMatchObject({ status: 0, stdout: '' });
    expect(winnow(`list add ${entry} --value acc_8 --file ${file}`).status).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toContain('acc_secret_7');
    const shown = winnow(`list show --type account --value acc_secret_7 --file ${file} --json`);
    expect(JSON.parse(shown.stdout)).toMatchObject([{ kind: 'deny', reason: 'case-1', author: 'anna', expires: null }]);
    const exported = winnow(`list export --out - --file ${file}`);
    expect(exported.stdout).toBe(readFileSync(file, 'utf8'));
    expect(winnow(`list remove --list own --type account --value acc_secret_7 --file ${file}`).status).toBe(0);
    expect(winnow(`list show --file ${file}`).stdout).toMatch(/^entry .*\nown\|account\|[0-9a-f]{16} .*\n$/);
    const again = winnow(`list remove --list own --type account --value acc_secret_7 --file ${file}`);
    expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining('There is no such entry') as string });
  });

  it('refuses an entry with what is wrong and what to write', () => {
    const file = freshFile();
    const refused = winnow(
      `list add --list own --kind deny --type ip --value 95.56.234.10 --reason r --author a --file ${file}`,
    );
    expect(refused.status).toBe(6);
    expect(refused.stderr).toMatch(/expires is missing: ip passes from one to another, so a denial needs an end/);
    const ended = winnow(
      `list add --list own --kind deny --type ip --value 95.56.234.10 --reason r --author a --expires 7d --file ${file}`,
    );
    expect(ended.status).toBe(0);
  });

  it('needs the key of the history where it writes to a topic', () => {
    const config = pathOf('config.yaml');
    writeFileSync(config, 'kafka: { brokers: ["127.0.0.1:1"], topics: { lists: account-lists } }\n');
    const refused = winnow(`list add ${entry} --value acc_1 --config ${config}`);
    expect(refused).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('state.keySecret is missing') as string,
    });
  });
});

describe('winnow list import', () => {
  it('says what is new, changed, gone and as it was, and on a dry run writes nothing', () => {
    const file = freshFile();
    const first = rows(
      'own,deny,account,acc_1,r,a,,',
      'own,deny,account,acc_2,r,a,,',
      'friends,allow,account,acc_3,r,a,,',
    );
    expect(winnow(`list import ${first} --file ${file} --dry-run`).stderr).toMatch(
      /3 new, 0 changed.*\nown stops nobody yet.* on probation[^]*--cause list:own [^]*dry run/,
    );
    expect(winnow(`list show --file ${file}`).stdout).toBe('No entry.\n');
    expect(winnow(`list import ${first} --file ${file}`).stderr).toContain('Wrote 3 changes');
    const second = rows(
      'own,deny,account,acc_1,r,a,,',
      'own,watch,account,acc_2,r,a,,',
      'own,deny,account,acc_4,r,a,,',
    );
    const added = winnow(`list import ${second} --file ${file} --dry-run`).stderr;
    expect(added).toContain('1 new, 1 changed, 1 as they were, 0 gone, 0 refused');
    const third = rows('own,deny,account,acc_4,r,a,,');
    const replaced = winnow(`list import ${third} --file ${file} --replace`).stderr;
    expect(replaced).toContain('1 new, 0 changed, 0 as they were, 2 gone, 0 refused');
    // The lists that the file does not name are left alone.
    expect(winnow(`list show --file ${file}`).stdout.match(/\|account\|/g)).toHaveLength(2);
  });

  it('refuses lines by their number with what to do, and then writes nothing at all', () => {
    const file = freshFile();
    const path = csv(
      `${good}own,deny,account,acc_1,r,a,,\nown,deny,ip,95.56.234.10,r,a,,\nown,deny,ip,10.0.0.1,r,a,7d,\n` +
        'own,forbid,account,acc_2,r,a,,\nown,deny,email,a.b@gmail.com,r,a,,\nown,deny,email,ab+x@googlemail.com,r,a,,\nown,deny\n',
    );
    const { status, stderr } = winnow(`list import ${path} --file ${file}`);
    expect(status).toBe(4);
    expect(stderr).toContain(`${path}:3: expires is missing`);
    expect(stderr).toContain(`${path}:4: value: It is not an address of the Internet`);
    expect(stderr).toContain(`${path}:5: kind is not one of allow, deny, watch.`);
    expect(stderr).toContain(`${path}:7: value is the same as in line 6, perhaps in another spelling`);
    expect(stderr).toContain(`${path}:8: it has 2 fields, and the header 8.`);
    expect(winnow(`list show --file ${file}`).stdout).toBe('No entry.\n');
  });

  it.each<readonly [string, string | Uint8Array]>([
    ['a mark at its beginning', `\ufeff${good}own,deny,account,acc_1,r,a,,\n`],
    ['CRLF', `${good}own,deny,account,acc_1,r,a,,\n`.replaceAll('\n', '\r\n')],
    ['no line end at its end', `${good}own,deny,account,acc_1,r,a,,`],
    ['quotes, commas and quotes within them', `${good}own,deny,account,"acc_1","a ""ring"", seen",a,,\n`],
    ['other columns first and fewer of them', 'author,value,type,reason,kind,list\na,acc_1,account,r,deny,own\n'],
    ['empty lines', `${good}\nown,deny,account,acc_1,r,a,,\n\n`],
  ])('reads a file with %s', (_, text) => {
    const { status, stderr } = winnow(`list import ${csv(text)} --file ${freshFile()}`);
    expect([status, stderr]).toEqual([0, expect.stringContaining('1 new')]);
  });

  it('takes from its options what the file has no column for', () => {
    const path = csv('value\nacc_1\nacc_2\n');
    const options = '--list own --kind watch --type account --reason r --author a';
    expect(winnow(`list import ${path} ${options} --file ${freshFile()}`).stderr).toContain('2 new');
  });

  it.each([
    ['no column value', 'list,kind,type,reason,author\n', 'the header has no value'],
    ['a column that nobody knows', 'list,kind,type,value,reason,author,colour\n', 'the header has colour'],
    ['nothing in it', '', 'it is empty'],
  ])('refuses a file with %s', (_, text, message) => {
    const { status, stderr } = winnow(`list import ${csv(text)} --file ${freshFile()}`);
    expect([status, stderr]).toEqual([6, expect.stringContaining(message)]);
  });

  it('keeps to its limit', () => {
    const path = csv(`${good}own,deny,account,acc_1,r,a,,\nown,deny,account,acc_2,r,a,,\n`);
    const file = freshFile();
    const refused = winnow(`list import ${path} --file ${file} --limit 1`);
    expect(refused).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('2 changes, and the limit is 1') as string,
    });
    // A dry run refuses nothing: it says what will be needed.
    const tried = winnow(`list import ${path} --file ${file} --limit 1 --dry-run`);
    expect(tried).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/Whom it would have hit[^]*it will need --limit 2\./) as string,
    });
    expect(winnow(`list show --file ${file}`).stdout).toBe('No entry.\n');
  });
});

describe('what entries did, and would have done', () => {
  const acting = new Set(streamEvents.map(({ json }) => (JSON.parse(json) as { subject: string }).subject));
  const genuine = [...streamTruth].find(
    ({ accountId, label }) => label === 'genuine' && acting.has(accountId),
  )!.accountId;

  beforeAll(() => {
    writeFileSync(events(), streamText);
    const known = Array.from(streamTruth, ({ accountId, label }) => `${accountId},${label},\n`);
    writeFileSync(labels(), `account_id,label,segment\n${known.join('')}`);
    winnow(`list add ${entry} --value ${genuine} --file ${lists()}`);
    winnow(`replay ${events()} --lists ${lists()} --out ${decisions()}`);
  });

  it('a replay decides by a file of lists', () => {
    const decided = readFileSync(decisions(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { subject: string; data: { action: string; reasons: { code: string }[] } });
    const first = decided.find(({ subject }) => subject === genuine);
    expect(first!.data).toMatchObject({ action: 'block', reasons: [{ code: 'LIST_DENY' }] });
    expect(decided.filter(({ data }) => data.reasons.some(({ code }) => code === 'LIST_DENY'))).toHaveLength(1);
  });

  it('an import says beforehand whom it would have hit, and how many of these are genuine', () => {
    const path = csv(`${good}other,deny,account,${genuine},r,a,,\nother,deny,account,nobody,r,a,,\n`);
    const { stderr } = winnow(
      `list import ${path} --file ${freshFile()} --dry-run --events ${events()} --decisions ${decisions()} --labels ${labels()}`,
    );
    const count = streamEvents.filter(({ json }) => json.includes(`"subject":"${genuine}"`)).length;
    expect(stderr).toContain(`Would have hit 1 account in ${count} event`);
    expect(stderr).toContain('1 labelled genuine, 0 fake');
    expect(stderr).toContain('1 entry would have hit nobody');
  });

  it('shows hits, the last of them, and how many of the accounts were fake', () => {
    const shown = winnow(`list show --file ${lists()} --decisions ${decisions()} --labels ${labels()} --json`);
    const [one] = JSON.parse(shown.stdout) as { hits: number; lastHit: string; precision: number; judged: number }[];
    expect(one).toMatchObject({ precision: 0, judged: 1, accounts: 1 });
    expect(one!.hits).toBeGreaterThan(0);
    expect(Date.parse(one!.lastHit)).toBeGreaterThan(0);
  });

  it('counts for each entry every event that it was held against, the last one, and who of its accounts was fake', () => {
    const fake = streamTruth.find(({ accountId, label }) => label === 'fake' && acting.has(accountId))!.accountId;
    const [file, all] = [freshFile(), pathOf('all.ndjson')];
    for (const account of [genuine, fake])
      winnow(`list add ${entry.replace('deny', 'watch')} --value ${account} --file ${file}`);
    winnow(`replay ${events()} --lists ${file} --emit all --out ${all}`);
    const shown = winnow(`list show --file ${file} --decisions ${all} --labels ${labels()} --json`);
    const expected = (
      [
        [genuine, 0],
        [fake, 1],
      ] as const
    ).map(([account, precision]) => {
      const times = streamEvents
        .map(({ json }) => JSON.parse(json) as { subject: string; time: string })
        .flatMap(({ subject, time }) => (subject === account ? [time] : []));
      const lastHit = times.toSorted().at(-1)!;
      return expect.objectContaining({ hits: times.length, lastHit, precision, judged: 1, accounts: 1 }) as unknown;
    });
    const entries = JSON.parse(shown.stdout) as unknown[];
    expect(entries).toHaveLength(2);
    expect(entries).toEqual(expect.arrayContaining(expected));
  });

  it('a policy that asks for a list that is not there is refused with the line', () => {
    const policy = pathOf('policy.yaml');
    writeFileSync(
      policy,
      `version: '1'\nthresholds: { challenge: 0.5, review: 0.8, block: 0.95 }\nstanding: { challenge: 1h, review: 24h, block: forever }\nrules:\n  - { id: a-rule, version: 1, when: 'listed("onw", event.subject)', then: review, reason: 'Is listed' }\n`,
    );
    const { status, stderr } = winnow(`replay ${events()} --lists ${lists()} --policy ${policy}`);
    expect([status, stderr]).toEqual([
      4,
      expect.stringMatching(/policy\.yaml:5:\d+: There is no list onw\..* Did you mean own\?/),
    ]);
  });
});

/** A policy with a rule that asks for a list. */
function policyAsking(list: string): string {
  const path = pathOf(`policy-${(files += 1)}.yaml`);
  const rule = `{ id: a, version: 1, when: 'listed("${list}", event.subject)', then: review, reason: 'It is on it' }`;
  const rest = `thresholds: { challenge: 0.5, review: 0.8, block: 0.95 }\nstanding: { challenge: 1h, review: 24h, block: forever }\n`;
  writeFileSync(path, `version: '1'\n${rest}rules:\n  - ${rule}\n`);
  return path;
}

describe('winnow check-policy', () => {
  it('refuses a condition that asks for a list which nobody keeps, where it is told which there are', () => {
    const file = freshFile();
    winnow(`list add ${entry} --value acc_8 --file ${file}`);
    expect(winnow(`check-policy ${policyAsking('own')} --lists ${file}`)).toMatchObject({ status: 0 });
    const { status, stderr } = winnow(`check-policy ${policyAsking('owm')} --lists ${file}`);
    expect(stderr).toContain('There is no list owm. Use one that has entries: own. Did you mean own?');
    expect(status).not.toBe(0);
  });

  it('says which lists are asked for, where it is not told which there are', () => {
    expect(winnow(`check-policy ${policyAsking('owm')}`).stdout).toContain(
      'It asks for the lists owm: --lists or --config',
    );
  });
});
