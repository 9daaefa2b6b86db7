import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { writeBundle } from '../app/small-bundles.ts';
import type { ModelDiff } from '../../../src/evaluation/model-diff.ts';
import { streamEvents, streamText, streamTruth, winnow } from './winnow.ts';

const pathOf = temporaryFolder();
let folders = 0;

const small = (version: string) => ({ name: 'small', version });

/** Bundles `small/<version>`, of which the first is champion, and the command over them. */
function site(...versions: readonly string[]) {
  const folder = pathOf(`models-${folders++}`);
  mkdirSync(folder);
  for (const version of versions) writeBundle(folder, version);
  const deploymentFile = join(folder, 'deployment.json');
  const champion = small(versions[0]!);
  writeFileSync(
    deploymentFile,
    JSON.stringify({ schema: 'winnow.deployment/1', champion, challengers: [], canary: null }),
  );
  const config = join(folder, 'winnow.yaml');
  writeFileSync(config, JSON.stringify({ model: { directory: folder, deploymentFile } }));
  return {
    folder,
    model: (line: string) => winnow(`model ${line} --config ${config}`),
    deployment: () => JSON.parse(readFileSync(deploymentFile, 'utf8')) as Record<string, unknown>,
  };
}

describe('winnow model', () => {
  it('gives a bundle a share, promotes it, and goes back', () => {
    const { model, deployment } = site('1', '2');
    expect(model('canary small/2 --share 0.05')).toMatchObject({ status: 0 });
    expect(deployment()).toMatchObject({
      champion: { version: '1' },
      canary: { name: 'small', version: '2', share: 0.05 },
    });
    expect(model('promote')).toMatchObject({ status: 0 });
    expect(deployment()).toMatchObject({ champion: { version: '2' }, canary: null, former: { version: '1' } });
    expect(model('rollback')).toMatchObject({ status: 0 });
    expect(deployment()).toMatchObject({ champion: { version: '1' }, canary: null, former: { version: '2' } });
  });

  it('promotes nothing that fails its check, in one line, and leaves the deployment as it was', () => {
    const { folder, model, deployment } = site('1');
    writeBundle(folder, '2', { tolerance: 0.6 });
    const before = deployment();
    const { status, stderr } = model('promote small/2');
    expect(status).toBe(4);
    expect(stderr).toMatch(/^error: BUNDLE_GOLDEN at small\/2\/golden\.jsonl:1: [^\n]+\n$/);
    expect(deployment()).toEqual(before);
  });

  it('orders all members to go to a bundle and back, says who said so and why, and takes that back', () => {
    const { folder, model, deployment } = site('1', '2');
    const control = join(folder, 'control.ndjson');
    writeFileSync(control, '');
    writeFileSync(
      join(folder, 'winnow.yaml'),
      JSON.stringify({
        model: { directory: folder, deploymentFile: join(folder, 'deployment.json') },
        control: { file: control },
      }),
    );
    expect(model('promote small/2 --to topic')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error: An order to all members needs --author and --reason/) as string,
    });
    expect(model('promote small/2 --to topic --author ana --reason drill')).toMatchObject({ status: 0 });
    expect(deployment()).toMatchObject({ champion: { version: '1' } });
    const ordered = JSON.parse(readFileSync(control, 'utf8')) as object;
    expect(ordered).toMatchObject({
      key: 'deployment',
      value: { champion: { version: '2' }, former: { version: '1' }, author: 'ana', reason: 'drill' },
    });
    const { stdout } = model('status');
    expect(stdout).toMatch(/^champion +small 2\nformer +small 1\nsaid +on the control topic, by ana: drill\n$/);
    expect(model('promote small/1 --to file')).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/it holds, whatever a file says/) as string,
    });
    expect(model('rollback --author ana --reason undone')).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(control, 'utf8'))).toMatchObject({ value: { champion: { version: '1' } } });
    expect(model('withdraw')).toMatchObject({ status: 0 });
    expect(readFileSync(control, 'utf8')).toBe('');
  });

  it('takes a whole deployment with challengers from a file, and proves each that is new', () => {
    const { folder, model, deployment } = site('1', '2', '3');
    const file = join(folder, 'next.json');
    const next = {
      schema: 'winnow.deployment/1',
      champion: { name: 'small', version: '2' },
      challengers: [{ name: 'small', version: '3' }],
      canary: null,
    };
    writeFileSync(file, JSON.stringify(next));
    expect(model(`deploy ${file}`)).toMatchObject({ status: 0 });
    expect(deployment()).toEqual({ ...next, former: { name: 'small', version: '1' } });
    writeBundle(folder, '4', { tolerance: 0.6 });
    writeFileSync(file, JSON.stringify({ ...next, challengers: [{ name: 'small', version: '4' }] }));
    expect(model(`deploy ${file}`)).toMatchObject({ status: 4 });
    expect(deployment()).toMatchObject({ challengers: [{ version: '3' }] });
  });

  it('lets a challenger become the canary, and the champion before a promotion a challenger, without a bundle in two roles', () => {
    const { folder, model, deployment } = site('1', '2');
    const file = join(folder, 'next.json');
    const deploy = (next: object) => {
      writeFileSync(file, JSON.stringify({ schema: 'winnow.deployment/1', canary: null, ...next }));
      return model(`deploy ${file}`);
    };
    deploy({ champion: small('1'), challengers: [small('2')] });
    expect(model('canary small/2 --share 0.05')).toMatchObject({ status: 0 });
    expect(deployment()).toMatchObject({ canary: { version: '2' }, challengers: [] });
    deploy({ champion: small('2'), challengers: [small('1')] });
    expect(model('rollback')).toMatchObject({ status: 0 });
    expect(deployment()).toMatchObject({ champion: small('1'), challengers: [], former: small('2') });
    const refused = { status: 4, stderr: expect.stringMatching(/small 1 would have two roles/) as string };
    expect(model('canary small/1 --share 0.05')).toMatchObject(refused);
    expect(deploy({ champion: small('2'), challengers: [small('1'), small('1')] })).toMatchObject(refused);
    expect(deployment()).toMatchObject({ champion: small('1'), challengers: [] });
  });

  it('neither seats nor promotes a canary that was withdrawn, unless a person names whom to promote', () => {
    const { folder, model, deployment } = site('1', '2');
    model('canary small/2 --share 0.05');
    const next = join(folder, 'next.json');
    writeFileSync(next, readFileSync(join(folder, 'deployment.json')));
    const withdrawal = { name: 'small', version: '2', reason: 'it blocks too many', at: '2026-12-01T00:00:00.000Z' };
    writeFileSync(join(folder, 'deployment.json.withdrawn'), JSON.stringify([withdrawal]));
    for (const line of ['canary small/2 --share 0.5', `deploy ${next}`, 'promote']) {
      const stderr = expect.stringMatching(/small 2 was withdrawn: it blocks too many\./) as string;
      expect({ line, ...model(line) }).toMatchObject({ line, status: 4, stderr });
    }
    expect(deployment()).toMatchObject({ champion: { version: '1' }, canary: { share: 0.05 } });
    expect(model('promote small/2')).toMatchObject({ status: 0 });
    expect(deployment()).toMatchObject({ champion: { version: '2' }, canary: null });
  });

  it.each([
    ['a smaller share', 'canary small/2 --share 0.1', /may only grow, and is 0\.5/],
    ['a rollback to nobody', 'rollback', /names no former champion/],
  ])('refuses %s', (_, command, line) => {
    const { model } = site('1', '2');
    model('canary small/2 --share 0.5');
    const { status, stderr } = model(command);
    expect({ status, stderr }).toEqual({ status: 4, stderr: expect.stringMatching(line) as string });
  });

  it('checks a bundle in one line', () => {
    const { folder, model } = site('1');
    const { status, stdout } = model(`check ${join(folder, 'small', '1')}`);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(
        /^small 1 is sound: held against 80 golden rows and \d+ rows of starter \S+\.\n$/,
      ) as string,
    });
  });

  it('says where two bundles differ, and draws the accounts in dispute', () => {
    const { folder } = site('1');
    writeBundle(folder, '2', { thresholds: { challenge: 0.01, review: 0.02, block: 0.99 } });
    const [events, labels, out] = [pathOf('events.ndjson'), pathOf('labels.csv'), pathOf('disputed.csv')];
    const page = pathOf('disputed.html');
    writeFileSync(events, streamText);
    const lines = streamTruth.map(({ accountId, label }) => `${accountId},${label}`);
    writeFileSync(labels, `${['account_id,label', ...lines].join('\n')}\n`);
    const words = `${events} ${folder}/small/2 --champion ${folder}/small/1 --labels ${labels} --out ${out} --out ${page} --count 5 --json`;
    const { status, stdout, stderr } = winnow(`model diff ${words}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const diff = JSON.parse(stdout) as ModelDiff & { readonly disagreements: number };
    expect(diff.accounts).toBe(new Set(streamEvents.map(({ subject }) => subject)).size);
    expect(diff.agreement.flat().reduce((sum, count) => sum + count, 0)).toBe(diff.accounts);
    // The same scores, on other thresholds.
    expect(diff.shift).toEqual({ p05: 0, p50: 0, p95: 0, mean: 0 });
    expect(diff.disagreements).toBeGreaterThan(0);
    const known = new Set(streamTruth.map(({ accountId }) => accountId));
    const [header, ...rows] = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(header).toBe('account_id,stratum,probability,group');
    for (const row of rows) {
      expect(known).toContain(row.split(',')[0]);
      expect(readFileSync(page, 'utf8')).toContain(row.split(',')[0]);
    }
  });
});
