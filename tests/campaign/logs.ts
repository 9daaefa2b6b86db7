import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '../servers/cache.ts';
import type { Stage } from './stage.ts';

/** Keeps what every processor of a round wrote, for whoever looks at one that was not survived; answers where. */
export async function keepLogs({ plan, members }: Stage): Promise<string> {
  const folder = join(cacheDirectory, 'campaign', `seed-${plan.seed}`);
  await mkdir(folder, { recursive: true });
  for (const [place, { lives }] of members.entries())
    for (const [life, { stdout, stderr }] of lives.entries())
      await writeFile(join(folder, `member-${place}-life-${life}.log`), `${stdout}${stderr}`);
  return folder;
}
