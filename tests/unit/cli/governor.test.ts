import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { winnow } from './winnow.ts';

const pathOf = temporaryFolder();

// It counted by the defaults, whatever --config said.
it('winnow governor prove counts by the caps of the settings that it is given', { timeout: 300_000 }, () => {
  const config = pathOf('config.yaml');
  writeFileSync(config, 'governor: { blocksMin: 1000, probationPercent: 100 }\n');
  const { status, stdout } = winnow(`governor prove --accounts 100 --days 1 --config ${config}`);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^A rule that is true of everybody, set to block, [^\n]*: 100 simulated accounts in 1 days/);
  // With so much room nobody is held; the defaults hold it within minutes.
  const unheld =
    /true of ([1-9]\d*) of \1 honest accounts; never held: \1 of them blocked before, \1 in all, and ([1-9]\d*) of \2 fake ones/g;
  expect(stdout.match(unheld)).toHaveLength(2);
  expect(stdout.match(/with a person's release: ([1-9]\d*) of \1 fake accounts/g)).toHaveLength(2);
});
