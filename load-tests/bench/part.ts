import { fileURLToPath } from 'node:url';
import { run } from '../../tests/servers/process.ts';

const partMsMax = 900_000;

/** Runs a part in a process of its own, with its own memory and nothing compiled for other work, and reads the JSON that it prints. */
export async function runPart<Report>(file: string, args: readonly string[]): Promise<Report> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { code, stdout, stderr } = await run(process.execPath, [path, ...args], { timeoutMs: partMsMax });
  if (code !== 0) throw new Error(`${file} failed: ${stderr}`);
  return JSON.parse(stdout) as Report;
}
