import { randomBytes } from 'node:crypto';
import { openMemberLog } from '../adapters/valkey/member-log.ts';
import type { Config } from '../config/schema.ts';
import { proveGovernor, type GovernorProofOptions } from '../evaluation/governor-proof.ts';
import { loadConfigOf } from './load-config.ts';
import { formatCount } from './style.ts';

interface ProofOptions {
  readonly accounts: number;
  readonly days: number;
  readonly seed: number;
  readonly config?: string;
}

/**
 * Prints whom a rule that is true of everybody blocks before it is held: one member, and three that know of their own blocks alone; and,
 * where the settings have the history in Valkey, the same of members that count together. Throws `FailureError`.
 */
export async function runProof(options: ProofOptions): Promise<void> {
  const { accounts, days, seed } = options;
  const { state, valkey } = loadConfigOf(options.config, process.env, []);
  process.stdout.write(
    `A rule that is true of everybody, set to block: ${formatCount(accounts)} simulated accounts in ${days} days (seed ${seed}).\n`,
  );
  const stream = { accounts, days, seed };
  await prove('embedded', (members) => proveGovernor({ ...stream, ...members }));
  if (state.store === 'valkey')
    await prove('Valkey', (members) =>
      inValkey(valkey, (memberLog) => proveGovernor({ ...stream, ...members, memberLog })),
    );
}

type Proving = (members: Pick<GovernorProofOptions, 'members' | 'isReleased'>) => ReturnType<typeof proveGovernor>;

async function prove(store: string, proving: Proving): Promise<void> {
  for (const members of [1, 3]) {
    const { honest, honestBeforeTrip, honestBlocked, tripMsMax } = await proving({ members });
    const after = tripMsMax === null ? 'never' : `after ${formatCount(Math.round(tripMsMax / 60_000))} minutes`;
    process.stdout.write(
      `  ${store}, ${members} ${members === 1 ? 'member ' : 'members'}  held ${after}: ${formatCount(honestBeforeTrip)} honest accounts blocked before, ` +
        `${formatCount(honestBlocked)} of ${formatCount(honest)} in all\n`,
    );
    const released = await proving({ members, isReleased: true });
    process.stdout.write(
      `    with a person's release: ${formatCount(released.fakeBlocked)} of ${formatCount(released.fake)} fake accounts blocked, as of a campaign larger than the caps\n`,
    );
  }
}

/** A proof in a log of its own, which goes with it. */
async function inValkey(
  settings: Config['valkey'],
  proving: (log: ReturnType<typeof openMemberLog>['memberLog']) => ReturnType<typeof proveGovernor>,
): ReturnType<typeof proveGovernor> {
  const keyPrefix = `${settings.keyPrefix}prove-${randomBytes(4).toString('hex')}:`;
  const { memberLog, remove } = openMemberLog({ ...settings, keyPrefix }, () => undefined);
  try {
    return await proving(memberLog);
  } finally {
    await remove();
  }
}
