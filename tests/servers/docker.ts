import { lastLine, run, type Outcome } from './process.ts';
import { ServerUnavailable } from './unavailable.ts';

const answerMsMax = 5_000;
const pullMsMax = 300_000;
const commandMsMax = 60_000;

/** Makes sure that a Docker engine answers and has the image; throws ServerUnavailable otherwise. */
export async function requireImage(image: string): Promise<void> {
  const engine = await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: answerMsMax });
  if (engine.code !== 0) throw new ServerUnavailable('no Docker engine answers');
  const present = await run('docker', ['image', 'inspect', image], { timeoutMs: commandMsMax });
  if (present.code === 0) return;
  const pull = await run('docker', ['pull', '--quiet', image], { timeoutMs: pullMsMax });
  if (pull.code !== 0) throw new ServerUnavailable(`Docker could not pull ${image} (${lastLine(pull)})`);
}

/** A docker command that is expected to succeed. */
export async function docker(...args: string[]): Promise<string> {
  const outcome: Outcome = await run('docker', args, { timeoutMs: commandMsMax });
  if (outcome.code !== 0) throw new Error(`docker ${args[0]} failed: ${lastLine(outcome)}`);
  return outcome.stdout.trim();
}
