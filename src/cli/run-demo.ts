import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { simulateFiles } from '../evaluation/simulate-files.ts';
import { sampleNormsFile } from '../app/versions.ts';
import { runReplay } from './run-replay.ts';
import { formatCount } from './style.ts';

/** Simulates, replays, and says where to go next. */
export async function runDemo(seed: number, accounts: number, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = { events: join(folder, 'events.ndjson'), labels: join(folder, 'labels.csv') };
  const out = join(folder, 'decisions.ndjson');
  process.stdout.write(
    `Simulating a platform with ${formatCount(accounts)} accounts, some of them fake (seed ${seed}) ...\n`,
  );
  const { events } = await simulateFiles({ seed, accounts, reviews: true }, files);
  process.stdout.write(`Scoring ${formatCount(events)} events: features, ONNX model, rules, decisions ...\n\n`);
  await runReplay(
    files.events,
    { out, labels: files.labels, norms: sampleNormsFile, emit: 'changes' },
    { total: events },
  );
  process.stdout.write(`
Where to go next
  ${out}  every decision, with its reasons
  npx winnow replay ${files.events} --labels ${files.labels} --norms ${sampleNormsFile} --policy my-policy.yaml
                          what another policy would have decided (start from src/policy/default-policy.yaml)
  npx winnow run --config winnow.yaml
                          the same pipeline on your Kafka (README.md, "On Kafka")
`);
}
