import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simulateFiles } from '../evaluation/simulate-files.ts';
import { defaultPolicyFile, sampleNormsFile } from '../app/versions.ts';
import { runReplay } from './run-replay.ts';
import { formatCount } from './style.ts';

/**
 * The policy that ships draws nobody and seeks no groups; the demo shows what both tell. More are drawn than on a platform with millions of
 * accounts.
 */
const shown = `
groups: { mode: shadow }
samples:
  hold_out: [{ from: 0, probability: 0.02 }]
  audit: [{ from: 0, probability: 0.02 }, { from: 0.2, probability: 0.1 }, { from: 0.6, probability: 0.3 }]
`;

/** Simulates, replays, and says where to go next. */
export async function runDemo(seed: number, accounts: number, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = { events: join(folder, 'events.ndjson'), labels: join(folder, 'labels.csv') };
  const out = join(folder, 'decisions.ndjson');
  const report = join(folder, 'report.html');
  const policy = join(folder, 'policy.yaml');
  await writeFile(policy, `${await readFile(defaultPolicyFile, 'utf8')}${shown}`);
  process.stdout.write(
    `Simulating a platform with ${formatCount(accounts)} accounts, some of them fake (seed ${seed}) ...\n`,
  );
  const { events } = await simulateFiles({ seed, accounts, reviews: true }, files);
  process.stdout.write(`Scoring ${formatCount(events)} events: features, ONNX model, rules, decisions ...\n\n`);
  await runReplay(
    files.events,
    { out, report, policy, labels: files.labels, norms: sampleNormsFile, emit: 'changes' },
    { total: events },
  );
  process.stdout.write(`
Where to go next
  ${report}  what was decided and why, for whom, how good it is and what to look at: open it in a browser
  ${out}  every decision, with its reasons
  npx winnow replay ${files.events} --labels ${files.labels} --norms ${sampleNormsFile} --policy my-policy.yaml
                          what another policy would have decided (start from src/policy/default-policy.yaml)
  npx winnow run --config winnow.yaml
                          the same pipeline on your Kafka (README.md, "On Kafka")
`);
}
