import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '../../../src/simulation/simulate.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { writeBundle } from '../app/small-bundles.ts';
import { winnow } from './winnow.ts';

const pathOf = temporaryFolder();

/** Two runs of the command take seconds, on a busy machine tens of them. */
const runsMsMax = 120_000;

describe('winnow calibrate', { timeout: runsMsMax }, () => {
  beforeAll(() => {
    const lines = Array.from(simulate({ seed: 5, accounts: 200, days: 8 }).events(), ({ json }) => json);
    writeFileSync(pathOf('events.ndjson'), `${lines.join('\n')}\n`);
    writeFileSync(pathOf('few.ndjson'), `${lines.slice(0, 50).join('\n')}\n`);
  });

  it('writes norms, the same bytes for the same events, and warns where they are few', () => {
    const events = pathOf('events.ndjson');
    const first = winnow(`calibrate ${events} --out ${pathOf('one.json')} --without-scores`);
    winnow(`calibrate ${events} --out ${pathOf('two.json')} --without-scores`);
    expect(first.status).toBe(0);
    expect(first.stdout).toMatch(/^Norms \d{4}-\d\d-\d\d-[0-9a-f]{8}: [\d,]+ events of 200 accounts/);
    expect(first.stdout).toContain('Warning: 200 accounts; 5000 or more are wanted.');
    expect(readFileSync(pathOf('two.json'))).toEqual(readFileSync(pathOf('one.json')));
  });

  it('brings accounts of the platform, against which a bundle is held', () => {
    winnow(`calibrate ${pathOf('events.ndjson')} --out ${pathOf('three.json')} --without-scores`);
    const bundle = writeBundle(pathOf('bundles'), '1');
    const { status, stdout } = winnow(`model check ${bundle} --norms ${pathOf('three.json')}`);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^small 1 is sound: .* rows of .*, its blocks of \d+ accounts against the budget\.$/m),
    ]);
    expect(winnow(`model check ${bundle} --norms ${pathOf('none.json')}`)).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('NORMS_UNREADABLE') as string,
    });
  });

  it('describes how a bundle scores that is to get accounts beside the one that has them', () => {
    const [first, second] = ['1', '2'].map((version) => writeBundle(pathOf('beside'), version));
    const { status } = winnow(
      `calibrate ${pathOf('events.ndjson')} --bundle ${first} --also ${second} --out ${pathOf('both.json')}`,
    );
    expect(status).toBe(0);
    const { scores } = JSON.parse(readFileSync(pathOf('both.json'), 'utf8')) as { scores: { model: string }[] };
    expect(scores.map(({ model }) => model)).toEqual(['small 1', 'small 2']);
  });

  it('refuses events that say nothing, tells how many it takes, and writes no file', () => {
    const { status, stderr } = winnow(`calibrate ${pathOf('few.ndjson')} --out ${pathOf('no.json')} --without-scores`);
    expect(status).toBe(4);
    expect(stderr).toMatch(/CALIBRATION_TOO_SMALL/);
    expect(stderr).toMatch(/it takes 1000 and 100 at least/);
    expect(() => readFileSync(pathOf('no.json'))).toThrow(/ENOENT/);
  });

  it.each([
    ['neither files nor Kafka', '--out x.json', /give files of events, or --from-kafka/, 2],
    ['both', 'x.ndjson --from-kafka --out x.json', /give files of events, or --from-kafka/, 2],
    ['a time that is none', '--from-kafka --last week --out x.json', /such as 7d/, 2],
    ['Kafka without a broker', '--from-kafka --out x.json', /kafka\.brokers/, 3],
  ] as const)('refuses %s', (_, words, line, code) => {
    const { status, stderr } = winnow(`calibrate ${words}`);
    expect({ status, stderr }).toEqual({ status: code, stderr: expect.stringMatching(line) as string });
  });

  it.each(['0', '1.5', 'much'])('takes no budget of %s', (budget) => {
    expect(winnow(`calibrate ${pathOf('few.ndjson')} --out x.json --budget ${budget}`).status).toBe(2);
  });
});
