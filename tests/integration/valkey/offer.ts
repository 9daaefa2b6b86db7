import { startValkey, type ValkeyControl, type ValkeyOptions, type ValkeyServer } from '../../servers/valkey.ts';
import { giveUp, ServerUnavailable, type Skip } from '../../servers/unavailable.ts';

/** One Valkey for the tests of a `describe`: started before them, stopped after them, and asked for by each. */
export interface ValkeyOffer {
  /** For `beforeAll`. Does not fail where Valkey cannot be had: the tests then give up, each with the reason. */
  readonly start: () => Promise<void>;
  /** Of the started server; null where Valkey cannot be had. */
  nodes(): readonly string[] | null;
  /** For `afterAll`. */
  readonly stop: () => Promise<void>;
  require(context: Skip): ValkeyServer;
  /** The power to stop and pause it. Where it is not ours, the test is given up. */
  requireControl(context: Skip): ValkeyControl;
}

export function valkeyOffer(options: ValkeyOptions = {}): ValkeyOffer {
  let server: ValkeyServer | undefined;
  let reason = 'it was not started';
  const require = (context: Skip): ValkeyServer => server ?? giveUp(context, reason);
  return {
    start: async () => {
      try {
        server = await startValkey(options);
      } catch (error) {
        if (!(error instanceof ServerUnavailable)) throw error;
        reason = error.message;
      }
    },
    nodes: () => server?.nodes ?? null,
    stop: async () => server?.stop(),
    require,
    requireControl: (context) => {
      const { control, origin } = require(context);
      return control ?? giveUp(context, `Valkey from the ${origin} is not ours to stop`);
    },
  };
}
