import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeLabels } from '../../src/adapters/file/labels.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { describeDifference, describeFates } from './describe-fates.ts';
import { eventsFile, goldenReplay, loadGoldenParts, segmentsFile } from './replay.ts';

/**
 * `npm run golden`: makes the decisions anew and says what has changed. `npm run golden -- --record` records the stream anew before,
 * which changes everything: for a change of the contract, or of what the simulation can do.
 */

const decisionsFile = fileURLToPath(new URL('decisions.txt', import.meta.url));

if (process.argv.includes('--record')) {
  const recorded = simulate({ seed: 8, accounts: 190, startMs: Date.UTC(2026, 9, 5), days: 3, reviews: true });
  writeFileSync(eventsFile, Array.from(recorded.events(), ({ json }) => `${json}\n`).join(''));
  await writeLabels(segmentsFile, recorded.truth);
}

const parts = await loadGoldenParts();
const decisions = describeFates(await goldenReplay(parts, Date.now()), parts.segments);
const former = existsSync(decisionsFile) ? readFileSync(decisionsFile, 'utf8') : '';
writeFileSync(decisionsFile, decisions);
await parts.panel.close();
const difference = describeDifference(former, decisions);
process.stdout.write(`${difference.length === 0 ? 'The decisions are as they were.' : difference.join('\n')}\n`);
