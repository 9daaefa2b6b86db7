import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decisionSchema, type WireDecision } from '../../src/wire/decision-schema.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { streamText, streamTruth, winnow } from '../unit/cli/winnow.ts';

/** A rule of one evening blocked honest accounts, and a hundred accepted appeals changed nothing. Here it is undone. */

const pathOf = temporaryFolder();
const badRule = `
version: bad
thresholds: { challenge: 0.97, review: 0.98, block: 0.99 }
standing: { challenge: 1h, review: 24h, block: forever }
rules:
  - id: everybody
    version: 1
    when: account_events_24h >= 3
    then: block
    reason: '{account_events_24h} events in 24 hours'
`;
const honest = new Set(streamTruth.filter(({ label }) => label === 'genuine').map(({ accountId }) => accountId));
const why = '--reason mistake --author anna';

function read(name: string): string {
  return readFileSync(pathOf(name), 'utf8');
}

function decisionsIn(text: string): WireDecision[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => decisionSchema.parse(JSON.parse(line)));
}

/** What stands at the end for the accounts that a person would miss. */
function blockedHonest(decisions: readonly WireDecision[]): Set<string> {
  const stands = new Map(decisions.map(({ subject, data }) => [subject, data.action]));
  return new Set(
    [...stands].flatMap(([account, action]) => (action === 'block' && honest.has(account) ? [account] : [])),
  );
}

function lift(options: string) {
  return winnow(`lift --rule everybody ${why} --decisions ${pathOf('before.ndjson')} ${options}`);
}

beforeAll(() => {
  writeFileSync(pathOf('events.ndjson'), streamText);
  writeFileSync(pathOf('bad.yaml'), badRule);
  winnow(`replay ${pathOf('events.ndjson')} --policy ${pathOf('bad.yaml')} --out ${pathOf('before.ndjson')}`);
});

describe('winnow lift', () => {
  it('undoes the work of a rule by one command: replayed with its labels, all are free', () => {
    const before = blockedHonest(decisionsIn(read('before.ndjson')));
    expect(before.size).toBeGreaterThan(10);

    expect(lift(`--out ${pathOf('lifted.ndjson')}`)).toMatchObject({ status: 0 });
    writeFileSync(pathOf('both.ndjson'), `${streamText.trimEnd()}\n${read('lifted.ndjson')}`);
    const replayed = winnow(
      `replay ${pathOf('both.ndjson')} --policy ${pathOf('bad.yaml')} --out ${pathOf('after.ndjson')}`,
    );
    expect(replayed.status).toBe(0);
    const after = decisionsIn(read('after.ndjson'));
    expect(blockedHonest(after)).toEqual(new Set());
    const lifts = after.filter(({ data }) => data.cause.kind === 'label' && data.action === 'allow');
    expect(new Set(lifts.map(({ subject }) => subject)).isSupersetOf(before)).toBe(true);
    expect(lifts.every(({ data }) => data.supersedes !== undefined)).toBe(true);
  });

  it('says first how much it touches, and does nothing when it is a dry run', () => {
    const { status, stderr, stdout } = lift(`--dry-run --out -`);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(
      /^lift-\w+-[0-9a-f]{8}: \d+ decisions of \d+ accounts to be labelled genuine, 0 of them found genuine before/,
    );
  });

  it('says in a dry run what limit it will need, and refuses nothing: nothing would be written', () => {
    const { status, stderr } = lift('--dry-run --limit 3 --out -');
    expect(status).toBe(0);
    expect(stderr).toMatch(/dry run\. It is more than the limit: it will need --limit \d+\./);
  });

  it('refuses beyond its limit', () => {
    const refused = lift('--limit 3 --out -');
    expect({ status: refused.status, stdout: refused.stdout }).toEqual({ status: 4, stdout: '' });
    expect(refused.stderr).toMatch(/LABELS_TOO_MANY/);
  });

  it('is told who is meant, why, and by whom', () => {
    expect(winnow(`lift ${why}`).status).toBe(2);
    expect(winnow(`lift --rule everybody --author anna`).status).toBe(2);
  });

  it('goes on where it was interrupted: the same labels, and none beside them', () => {
    const [, id] = /^(lift-\S+):/.exec(lift(`--out ${pathOf('first.ndjson')}`).stderr)!;
    lift(`--command ${id} --out ${pathOf('second.ndjson')}`);
    expect(read('second.ndjson')).toBe(read('first.ndjson'));
    expect(
      winnow(`lift --rule other ${why} --decisions ${pathOf('before.ndjson')} --command ${id} --out -`).status,
    ).toBe(6);
  });
});
