import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '../../../src/simulation/simulate.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
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
