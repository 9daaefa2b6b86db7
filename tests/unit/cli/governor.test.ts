import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { winnow } from './winnow.ts';

const pathOf = temporaryFolder();
const prove = 'governor prove --accounts 100 --days 1';

/** Honest accounts that one member, and three of them, blocked in all. */
function blockedIn(stdout: string): number[] {
  return Array.from(stdout.matchAll(/([\d,]+) in all/g), ([, count]) => Number(count!.replace(',', '')));
}

it('winnow governor prove counts by the caps of the settings that it is given', { timeout: 240_000 }, () => {
  const config = pathOf('config.yaml');
  writeFileSync(config, 'governor: { blocksMin: 10, probationPercent: 10 }\n');
  const [usual, tight] = [winnow(prove), winnow(`${prove} --config ${config}`)];
  expect([usual.status, tight.status]).toEqual([0, 0]);
  expect(tight.stdout).toMatch(
    /^A rule that is true of everybody, set to block, [^\n]*100 simulated accounts in 1 days/,
  );
  for (const [index, count] of blockedIn(tight.stdout).entries())
    expect(count).toBeLessThan(blockedIn(usual.stdout)[index]!);
  // A person's release is obeyed whatever the caps are.
  expect(tight.stdout.match(/with a person's release: (\d+) of \1 fake/g)?.length ?? 0).toBeGreaterThan(0);
});
