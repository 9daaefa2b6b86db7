import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AccountRecord, Archive, ArchivedDocument } from '../../../src/archive/archive.ts';
import { canonicalJson } from '../../../src/archive/canonical-json.ts';
import { gatherEvidence, verifyEvidence } from '../../../src/archive/evidence.ts';
import { exampleDecision, exampleManifest } from '../../../src/wire/examples.ts';

const policy = Buffer.from('version: "7"\n');
const manifest = Buffer.from(JSON.stringify(exampleManifest));
const decision = {
  ...exampleDecision,
  data: {
    ...exampleDecision.data,
    policy: { version: '7', sha256: hash('sha256', policy) },
    model: { ...exampleDecision.data.model, sha256: exampleManifest.files['model.onnx'].sha256 },
  },
};
const records: readonly AccountRecord[] = [
  { kind: 'decision', id: 'dec_1', timeMs: 1_000, body: JSON.stringify(decision) },
  { kind: 'decision', id: 'dec_2', timeMs: 2_000, body: JSON.stringify(decision) },
  { kind: 'word', id: 'w', timeMs: 3_000, body: '{"subject":"acc_1"}' },
];
const documents: readonly ArchivedDocument[] = [
  { kind: 'policy', sha256: decision.data.policy.sha256, bytes: policy },
  { kind: 'manifest', sha256: decision.data.model.sha256, bytes: manifest },
];

async function* each(): AsyncGenerator<AccountRecord> {
  yield* records;
}

const archive = {
  accountRecords: each,
  document: async (kind: string, sha256: string) =>
    documents.find((one) => one.kind === kind && one.sha256 === sha256) ?? null,
} as unknown as Archive;
const order = {
  accountId: 'acc_1',
  range: { fromMs: 0, untilMs: 10_000 },
  author: 'anna',
  reason: 'asked for',
  madeMs: 20_000,
};
const { lines, sha256 } = await gatherEvidence(archive, order);

const rewritten = (line: string, change: (entry: Record<string, unknown>) => object): string =>
  canonicalJson(change(JSON.parse(line) as Record<string, unknown>));

describe('evidence', () => {
  it('has all records and each document that its decisions name once, and says what is missing', () => {
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
      'evidence',
      'decision',
      'decision',
      'word',
      'document',
      'document',
      'end',
    ]);
    expect(verifyEvidence(lines)).toEqual({
      ok: true,
      value: {
        account: 'acc_1',
        from: '1970-01-01T00:00:00.000Z',
        to: '1970-01-01T00:00:10.000Z',
        made: '1970-01-01T00:00:20.000Z',
        records: 3,
        documents: 2,
        missing: [`norms ${exampleDecision.data.norms!.sha256}`],
        sha256,
      },
    });
  });

  it('is the same for the same order and records', async () => {
    expect(await gatherEvidence(archive, order)).toEqual({ lines, sha256, records: 3 });
  });

  const at = (index: number, change: (line: string) => string): string[] =>
    lines.map((line, place) => (place === index ? change(line) : line));

  it.each<readonly [string, readonly string[], string]>([
    ['a character changed', at(1, (line) => line.replace('review', 'revieW')), 'line 3'],
    ['a blank added', at(3, (line) => line.replace(':', ': ')), 'line 4'],
    ['a line taken away', lines.toSpliced(2, 1), 'line 3'],
    ['a line told twice', lines.toSpliced(2, 0, lines[2]!), 'line 4'],
    ['two lines in another order', [lines[0]!, lines[2]!, lines[1]!, ...lines.slice(3)], 'line 2'],
    ['no end', lines.slice(0, -1), 'line 7'],
    ['nothing', [], 'line 1'],
    ['something behind the end', [...lines, lines.at(-1)!], 'line 8'],
    ['no JSON', at(1, () => 'no'), 'line 2'],
    ['JSON that is no object', at(1, () => 'null'), 'line 2'],
    ['no head', [rewritten(lines[1]!, (entry) => ({ ...entry, previous: '0'.repeat(64) }))], 'line 1'],
    [
      'a document of another hash',
      at(4, (line) =>
        rewritten(line, (entry) => ({ ...entry, content: { document: 'policy', sha256: 'ab', base64: '' } })),
      ),
      'line 5',
    ],
  ])('that has %s is refused where that shows', (_, altered, path) => {
    expect(verifyEvidence(altered)).toMatchObject({ ok: false, failure: { code: 'EVIDENCE_INVALID', path } });
  });

  it('whose lines were all made anew has another last link than the archive keeps', () => {
    let previous = '0'.repeat(64);
    const forged = lines.map((line) => {
      const anew = rewritten(line.replace('anna', 'otto'), (entry) => ({ ...entry, previous }));
      previous = hash('sha256', anew);
      return anew;
    });
    const verified = verifyEvidence(forged);
    expect(verified.ok && verified.value.sha256).not.toBe(sha256);
    expect(verified.ok).toBe(true);
  });
});

describe('canonical JSON', () => {
  it.each<readonly [unknown, string]>([
    [{ b: 1, a: { d: [3, { z: 1, y: 2 }], c: null } }, '{"a":{"c":null,"d":[3,{"y":2,"z":1}]},"b":1}'],
    [{ '\u{1F600}': 1, '\uFB33': 2, 1: 3 }, '{"1":3,"\u{1F600}":1,"\uFB33":2}'],
    [[1e21, 1.0, -0, 'é\n'], '[1e+21,1,0,"é\\n"]'],
  ])('of %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });
});
