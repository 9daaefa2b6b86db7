import type { TestContext } from 'vitest';

/**
 * A server cannot be had on this machine: a tool is missing, or a download fails. Tests that need it are skipped (in CI:
 * they fail). A server that can be had and does not start is an ordinary error, and fails everywhere.
 */
export class ServerUnavailable extends Error {
  override readonly name = 'ServerUnavailable';
}

/** One way to get a server. Throws ServerUnavailable when this machine does not offer it. */
export type Way<Server> = () => Promise<Server>;

/** The first way that works. When none does, ServerUnavailable tells why, way by way. */
export async function firstAvailable<Server>(server: string, ways: readonly Way<Server>[]): Promise<Server> {
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      if (!(error instanceof ServerUnavailable)) throw error;
      reasons.push(error.message);
    }
  }
  throw new ServerUnavailable(`${server} cannot be had here: ${reasons.join('; ')}`);
}

/** The part of a test's context that can skip it. */
export type Skip = Pick<TestContext, 'skip'>;

/**
 * Gives up a test because this machine lacks something. On a developer's machine the test is skipped, and the reason is
 * printed at the end of the run; in CI, where everything must be there, it fails with the same reason.
 */
export function giveUp(context: Skip, reason: string): never {
  if (process.env['CI']) throw new Error(`must not be skipped in CI: ${reason}`);
  return context.skip(reason);
}
