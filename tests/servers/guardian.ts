import { spawn } from 'node:child_process';

/**
 * A small shell that waits for this process to end, in whatever way (exit, Ctrl-C, crash, kill -9), and then cleans up.
 * It waits by reading a pipe whose other end only we hold: the kernel closes it when we die, which no handler of ours
 * could promise. It has its own session, so that Ctrl-C on the terminal does not reach it.
 */
export interface Guardian {
  /** Ends the guardian without clean-up: what it guarded is gone already. */
  release(): void;
}

/** @param cleanUp POSIX shell commands; `$1`, `$2` … are the arguments. */
export function guard(cleanUp: string, ...args: string[]): Guardian {
  const shell = spawn('sh', ['-c', `read -r line; ${cleanUp}`, 'guardian', ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  // The handle of the pipe must not keep our event loop alive. (child_process gives a Socket, typed as Writable.)
  (shell.stdin as unknown as { unref(): void }).unref();
  return { release: () => shell.kill('SIGKILL') };
}
