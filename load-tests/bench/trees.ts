import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onnxRuntime } from '../../src/adapters/onnx/runtime.ts';
import { withTreeKernel } from '../../src/adapters/onnx/trees/runtime.ts';
import { defaultDeploymentFile, defaultModelFolder } from '../../src/app/versions.ts';
import { parseDeployment, parseGoldenRows } from '../../src/scoring/bundle-files.ts';
import { formatNumber, formatTable } from '../table.ts';

/**
 * What a row costs by ONNX Runtime and by the kernel of trees, with the champion that ships and its own golden rows, by rows in a
 * call. The two take turns; medians. Run it with: npm run bench:trees
 */

const rounds = 15;
const rowsPerRound = 20_000;

const deployment = parseDeployment(await readFile(defaultDeploymentFile), defaultDeploymentFile);
if (!deployment.ok) throw new Error(deployment.failure.message);
const folder = join(defaultModelFolder, deployment.value.champion.name, deployment.value.champion.version);
const [model, explanation] = await Promise.all(
  ['model.onnx', 'explanation.onnx'].map((name) => readFile(join(folder, name))),
);
const golden = parseGoldenRows(await readFile(join(folder, 'golden.jsonl')), 'golden.jsonl');
if (!golden.ok) throw new Error(golden.failure.message);
const width = golden.value[0]!.features.length;

const reference = (await onnxRuntime.load(model!, explanation!)).model;
const started = { ms: performance.now(), cpu: process.cpuUsage() };
const kernel = (await withTreeKernel(onnxRuntime).load(model!, explanation!)).model;
const { user, system } = process.cpuUsage(started.cpu);
const took = `${formatNumber(performance.now() - started.ms)} ms, of which a processor had ${formatNumber((user + system) / 1_000)}`;
process.stdout.write(
  `${folder.slice(defaultModelFolder.length)}: engine ${kernel.engine}, loaded and proven in ${took}\n`,
);

const table = [['us a row', 'ONNX Runtime', 'kernel', 'ratio']];
for (const rows of [1, 16, 64, 256]) {
  const matrix = matrixOf(rows);
  addRow(`score, ${rows} at once`, await compare(rows, (one) => one.score(matrix, rows)));
}
const few = matrixOf(16);
addRow('explain, 16 at once', await compare(16, (one) => one.explain(few, 16)));
process.stdout.write(`${formatTable(table).join('\n')}\n`);

/** [rows × width], golden rows in turn. */
function matrixOf(rows: number): Float32Array {
  return Float32Array.from({ length: rows * width }, (_, index) => {
    const row = golden.ok ? golden.value[Math.floor(index / width) % golden.value.length]! : undefined;
    return row?.features[index % width] ?? NaN;
  });
}

type Measured = typeof reference;

/** Median microseconds a row of the reference and of the kernel. */
async function compare(rows: number, call: (one: Measured) => Promise<unknown>): Promise<readonly [number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++)
    for (const [index, one] of [reference, kernel].entries()) {
      const start = performance.now();
      for (let done = 0; done < rowsPerRound; done += rows) await call(one);
      times[index]!.push(((performance.now() - start) * 1000) / rowsPerRound);
    }
  return [median(times[0]), median(times[1])];
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function addRow(name: string, [theirs, ours]: readonly [number, number]): void {
  table.push([name, formatNumber(theirs, 2), formatNumber(ours, 2), formatNumber(ours / theirs, 2)]);
}
