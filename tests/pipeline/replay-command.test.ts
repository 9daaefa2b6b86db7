import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReplayResult } from '../../src/evaluation/replay.ts';
import { labelsHeader } from '../../src/adapters/file/labels.ts';
import { isLabelEvent } from '../../src/domain/event.ts';
import { decisionSchema, type WireDecision } from '../../src/wire/decision-schema.ts';
import { temporaryFolder } from '../unit/adapters/file/folder.ts';
import { streamEvents, streamText, streamTruth, winnow } from '../unit/cli/winnow.ts';

/** `winnow replay` as a whole, with the starter bundle and the default policy that ship. */

const pathOf = temporaryFolder();
const champion = (
  JSON.parse(readFileSync(new URL('../../models/deployment.json', import.meta.url), 'utf8')) as {
    champion: { name: string; version: string };
  }
).champion;
const scored = streamEvents.filter(({ type }) => !isLabelEvent(type));

function read(name: string): string {
  return readFileSync(pathOf(name), 'utf8');
}

function decisionsIn(text: string): WireDecision[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => decisionSchema.parse(JSON.parse(line)));
}

beforeAll(() => {
  writeFileSync(pathOf('events.ndjson'), streamText);
  const rows = streamTruth.map(({ accountId, label, segment }) => `${accountId},${label},${segment}`);
  writeFileSync(pathOf('labels.csv'), [labelsHeader, ...rows].join('\n'));
  plain = winnow(`replay ${pathOf('events.ndjson')} --out ${pathOf('changes.ndjson')}`);
});

/** What a replay without any choice came to. */
let plain: ReturnType<typeof winnow>;

describe('winnow replay', () => {
  it('writes what changes as decisions, and says what they came to', () => {
    // Beside how far it is, every few seconds: a busy machine takes that long.
    expect(plain).toMatchObject({ status: 0, stderr: expect.stringMatching(/^([\d,]+ events, .*\n)*$/) as string });
    const decisions = decisionsIn(read('changes.ndjson'));
    expect(decisions.length).toBeGreaterThan(5);
    expect(decisions.length).toBeLessThan(scored.length / 4);
    for (const { data } of decisions) expect(data.model).toMatchObject(champion);
    expect(plain.stdout).toContain(`${streamEvents.length.toLocaleString('en-US')} events of 120 accounts`);
    expect(plain.stdout).toContain(`${champion.name} ${champion.version}`);
  });

  it.each([
    ['packed', gzipSync(streamText)],
    ['with CRLF and empty lines', streamText.replaceAll('\n', '\r\n\r\n')],
  ])('gives the same bytes for the same events, %s', (_, input) => {
    const { status, stdout } = winnow('replay - --out -', input);
    expect(status).toBe(0);
    expect(stdout).toBe(read('changes.ndjson'));
  });

  it('writes one decision per event with --emit all, and to stdout nothing but these', () => {
    const { status, stdout, stderr } = winnow(`replay ${pathOf('events.ndjson')} --emit all --out - --json`);
    expect(status).toBe(0);
    const all = decisionsIn(stdout);
    const decisions = all.filter(({ data }) => data.cause.kind === 'event');
    expect(decisions.map(({ data, subject }) => [subject, data.trigger!.event_id])).toEqual(
      scored.map(({ json, subject }) => [subject, (JSON.parse(json) as { id: string }).id]),
    );
    expect(decisions.every(({ data }) => data.score !== null)).toBe(true);
    const summary = JSON.parse(stderr) as ReplayResult;
    expect(summary).toMatchObject({ events: streamEvents.length, accounts: 120, deadLetters: 0, quality: null });
    expect(Object.values(summary.decisions).reduce((sum, count) => sum + count, 0)).toBe(all.length);
  });

  it('says with labels how good the decisions were', () => {
    const { status, stdout } = winnow(`replay ${pathOf('events.ndjson')} --labels ${pathOf('labels.csv')} --json`);
    expect(status).toBe(0);
    const { quality, campaigns } = JSON.parse(stdout) as ReplayResult;
    expect(quality!.map(({ action }) => action)).toEqual(['block', 'review', 'challenge']);
    const fakes = streamTruth.filter(({ label }) => label === 'fake').length;
    for (const { caught, recall } of quality!) expect(recall).toBeCloseTo(caught / fakes, 12);
    expect(campaigns.reduce((sum, { accounts }) => sum + accounts, 0)).toBe(fakes);
  });

  it('writes what is no event as it came, and goes on', () => {
    const broken = [Buffer.from('no event'), Buffer.from([0x7b, 0xff, 0x00]), Buffer.from('{"a":1}')];
    const text = Buffer.from(streamText);
    const input = Buffer.concat([...broken.flatMap((line) => [line, Buffer.from('\n')]), text]);
    const line = `replay - --out ${pathOf('rest.ndjson')} --dead-letters ${pathOf('dead')} --json`;
    const { status, stdout } = winnow(line, input);
    expect(status).toBe(0);
    expect(readFileSync(pathOf('dead'))).toEqual(input.subarray(0, input.length - text.length));
    expect(JSON.parse(stdout)).toMatchObject({ events: streamEvents.length, deadLetters: 3 });
  });

  it.each([
    ['nothing', '', /it is empty/],
    ['lines none of which is an event', 'account_id,email\nacc_1,a@b.c\n', /none of its 2 lines is an event/],
    ['a JSON array', '[{"id":"1"}]', /JSON array/],
  ])('refuses %s: a script must not go on with the result', (_, input, message) => {
    const { status, stdout, stderr } = winnow('replay -', input);
    expect({ status, stdout }).toEqual({ status: 6, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it.each<readonly [string, () => string, number, RegExp]>([
    ['the events are missing', () => pathOf('none'), 6, /^error: INPUT_UNREADABLE at .*ENOENT/],
    ['there is no such bundle', () => `- --bundle ${pathOf('models/none/1')}`, 4, /^error: BUNDLE_UNREADABLE at /],
    ['the policy is none', () => `- --policy ${pathOf('labels.csv')}`, 4, /^error: POLICY_INVALID at /],
    [
      'decisions cannot be written',
      () => `${pathOf('events.ndjson')} --out ${pathOf('none/d')}`,
      6,
      /^error: OUTPUT_UNWRITABLE at /,
    ],
  ])('says that %s', (_, line, code, message) => {
    const { status, stdout, stderr } = winnow(`replay ${line()}`, '');
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('bug');
  });
});

/** What a decision says, but for its place in the file, which more lines move. */
function saidIn(text: string) {
  return decisionsIn(text).map(({ data: { trigger, ...said }, ...envelope }) => {
    return { ...envelope, said, event: trigger?.event_id };
  });
}

describe('winnow replay of a stream with nine events of impossible times', () => {
  const lines = streamText.trimEnd().split('\n');
  const years = ['0001', '1970', '1970', '2001', '2030', '2030', '2038', '9999', '9999'];
  const faulty = years.map((year, index) => {
    const { json } = streamEvents[index * 7]!;
    return json.replace(/"time":"\d{4}/, `"time":"${year}`);
  });

  it.each(['at the start', 'throughout', 'at the end'])(
    'decides all others as without them, and tells: %s',
    (where) => {
      const mixed = [...lines];
      for (const [index, line] of faulty.entries()) {
        const at = { 'at the start': 0, throughout: index * 31, 'at the end': mixed.length }[where]!;
        mixed.splice(at, 0, line);
      }
      const { status, stdout, stderr } = winnow('replay - --out -', `${mixed.join('\n')}\n`);
      expect(status).toBe(0);
      expect(saidIn(stdout)).toEqual(saidIn(read('changes.ndjson')));
      expect(stderr).toContain('9 lines left out:');
      expect(stderr).toMatch(/ EVENT_TIME_BEHIND: /);
      expect(stderr).toMatch(/ EVENT_TIME_AHEAD: /);
    },
  );
});

/** What was known of the account when it came back. */
const createdIn = (events: string): string | undefined => {
  const { status, stdout } = winnow('replay - --emit all --out -', events);
  expect(status).toBe(0);
  return decisionsIn(stdout).findLast(({ data }) => data.trigger?.type === 'account.login')?.data.account?.created;
};

describe('a replay of a stream in which somebody under a legal hold asks to be forgotten', () => {
  const hour = 3_600_000;
  const first = streamEvents[0]!;
  const subject = first.subject;
  const said = (type: string, atMs: number, data = {}): string => {
    const event = { specversion: '1.0', id: `${type} ${atMs}`, source: '/desk', type, subject, data };
    return `${JSON.stringify({ ...event, time: new Date(atMs).toISOString() })}\n`;
  };
  const court = { authority: 'court', reference: 'A' };
  const login = (atMs: number): string => said('account.login', atMs, { status: 'succeeded', method: 'otp' });
  const stream = (...words: readonly string[]): string =>
    [`${first.json}\n`, ...words, login(first.timeMs + 4 * hour)].join('');
  const asked = said('account.erasure_requested', first.timeMs + 2 * hour);
  const held = said('account.hold_placed', first.timeMs + hour, court);

  it('knows it as long as the hold stands, and not a moment longer', () => {
    const known = createdIn(stream());
    expect(known).toBeDefined();
    expect(createdIn(stream(held, asked))).toBe(known);
    const free = createdIn(stream(asked));
    expect(free).not.toBe(known);
    const lifted = said('account.hold_lifted', first.timeMs + 3 * hour, court);
    expect(createdIn(stream(held, asked, lifted))).toBe(free);
  });
});
