import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '../../../src/simulation/simulate.ts';
import { openInBrowser } from '../../browser/chromium.ts';
import { giveUp, type Skip } from '../../servers/unavailable.ts';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { winnow } from './winnow.ts';

const pathOf = temporaryFolder();
const trainMsMax = 300_000;

/** The packages are 200 MB, and tests of the training program have them already. */
function needsPython(context: Skip): void {
  if (!existsSync('models/training/.venv/bin/python'))
    giveUp(context, 'no Python for training: run sh models/training/test.sh once');
}

/** From first events to a model of one's own, as models/README.md tells it: each step takes what the one before has written. */
describe('winnow train', () => {
  beforeAll(() => {
    const { events, truth } = simulate({ seed: 31, accounts: 700, days: 8 });
    writeFileSync(pathOf('events.ndjson'), Array.from(events(), ({ json }) => `${json}\n`).join(''));
    const out = `--out ${pathOf('queue.csv')}`;
    winnow(`queue ${pathOf('events.ndjson')} --count 160 --seed 1 ${out}`);
    const labelOf = new Map(truth.map(({ accountId, label }) => [accountId, label]));
    const asked = readFileSync(pathOf('queue.csv'), 'utf8').trimEnd().split('\n').slice(1);
    const answers = asked
      .map((line) => line.split(',')[0]!)
      .map((accountId) => `${accountId},${labelOf.get(accountId)}`);
    writeFileSync(pathOf('answers.csv'), ['account_id,label', ...answers].join('\n'));
  }, trainMsMax);

  it(
    'makes a bundle of answers to a queue that the processor takes, with a report that a browser shows',
    async (context) => {
      needsPython(context);
      const files = `${pathOf('events.ndjson')} --labels ${pathOf('answers.csv')} --queue ${pathOf('queue.csv')}`;
      const bundle = pathOf('mine/1');
      const { status, stderr } = winnow(`train ${files} --name mine --version 1 --even-if-worse --out ${bundle}`);
      expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('boosted on from it') });
      expect(stderr).toContain('events of 160 accounts with an answer');
      expect(winnow(`model check ${bundle}`)).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^mine 1 is sound/),
      });
      const { dom, console } = await openInBrowser(context, pathOf('mine/1/report.html'));
      expect(console).toBe('');
      expect(dom.match(/<svg /g)!.length).toBeGreaterThanOrEqual(5);
      expect(dom).toContain('Genuine accounts that would be blocked');
      for (const column of ['segment', 'country', 'language']) expect(dom).toContain(`<th>${column}</th>`);
    },
    trainMsMax,
  );

  it('says in one line what is missing, and writes nothing', (context) => {
    needsPython(context);
    writeFileSync(pathOf('few.csv'), readFileSync(pathOf('answers.csv'), 'utf8').split('\n').slice(0, 12).join('\n'));
    const files = `${pathOf('events.ndjson')} --labels ${pathOf('few.csv')}`;
    const { status, stderr } = winnow(`train ${files} --name mine --version 2 --out ${pathOf('mine/2')}`);
    expect(status).toBe(4);
    expect(stderr).toContain('TRAINING_REFUSED');
    expect(stderr).toContain('draw a further queue');
    expect(existsSync(pathOf('mine/2'))).toBe(false);
  });

  it('says in one line why a file cannot be packed', (context) => {
    needsPython(context);
    writeFileSync(pathOf('model.onnx'), 'no model');
    winnow(`features ${pathOf('events.ndjson')} --labels ${pathOf('answers.csv')} --out ${pathOf('matrix.csv')}`);
    const words = `--matrix ${pathOf('matrix.csv')} --name other --version 1 --out ${pathOf('other/1')}`;
    const { status, stderr } = winnow(`model pack ${pathOf('model.onnx')} ${words}`);
    expect(status).toBe(4);
    expect(stderr).toMatch(/TRAINING_REFUSED.*it is no ONNX model/);
  });

  it('says so where there is no Python', () => {
    const files = `${pathOf('events.ndjson')} --labels ${pathOf('answers.csv')} --python ${pathOf('no-python')}`;
    const { status, stderr } = winnow(`train ${files} --name mine --version 3 --out ${pathOf('mine/3')}`);
    expect(status).toBe(4);
    expect(stderr).toMatch(/TRAINING_REFUSED.*cannot be run/);
  });
});
