import { randomBytes } from 'node:crypto';
import { openMemberLog } from '../adapters/valkey/member-log.ts';
import type { Config } from '../config/schema.ts';
import { loadPolicyFile, orThrow } from '../app/versions.ts';
import { governorSettings } from '../app/worker/governor.ts';
import {
  proveGovernor,
  type GovernorProof,
  type GovernorProofOptions,
  type RuleProof,
} from '../evaluation/governor-proof.ts';
import { loadConfigOf } from './load-config.ts';
import { formatCount } from './style.ts';

interface ProofOptions {
  readonly accounts: number;
  readonly days: number;
  readonly seed: number;
  /** A policy document, whose rules are tried. */
  readonly policy?: string;
  readonly config?: string;
}

/**
 * Prints whom rules block before they are held, by the caps of the settings: one member, and three that know of their own blocks alone; and, where the settings have the
 * history in Valkey, the same of members that count together. Of a rule that is true of everybody, or of those of a policy. Throws
 * `FailureError`.
 */
export async function runProof(options: ProofOptions): Promise<void> {
  const { accounts, days, seed } = options;
  const config = loadConfigOf(options.config, process.env, []);
  const { state, valkey } = config;
  const policy = options.policy === undefined ? {} : { policy: orThrow(await loadPolicyFile(options.policy)) };
  const whose = options.policy === undefined ? 'A rule that is true of everybody' : `The rules of ${options.policy}`;
  process.stdout.write(
    `${whose}, set to block, and a score that says no: ${formatCount(accounts)} simulated accounts in ${days} days (seed ${seed}).\n`,
  );
  const stream = { accounts, days, seed, settings: governorSettings(config), ...policy };
  await prove('embedded', (members) => proveGovernor({ ...stream, ...members }));
  if (state.store === 'valkey')
    await prove('Valkey', (members) =>
      inValkey(valkey, (memberLog) => proveGovernor({ ...stream, ...members, memberLog })),
    );
}

type Proving = (members: Pick<GovernorProofOptions, 'members' | 'isReleased'>) => ReturnType<typeof proveGovernor>;

async function prove(store: string, proving: Proving): Promise<void> {
  for (const members of [1, 3]) {
    const [held, released] = [await proving({ members }), await proving({ members, isReleased: true })];
    process.stdout.write(`  ${store}, ${members} ${members === 1 ? 'member' : 'members'}\n`);
    held.rules.forEach((rule, index) => process.stdout.write(describe(rule, released.rules[index]!, held)));
  }
}

/** For a person. */
function describe(rule: RuleProof, released: RuleProof, { honest, fake }: GovernorProof): string {
  const { id, honestHit, honestBeforeTrip, honestBlocked, fakeBlocked, tripMsMax } = rule;
  const held = tripMsMax === null ? 'never held' : `held after ${formatCount(Math.round(tripMsMax / 60_000))} minutes`;
  return (
    `    ${id}: true of ${formatCount(honestHit)} of ${formatCount(honest)} honest accounts; ${held}: ` +
    `${formatCount(honestBeforeTrip)} of them blocked before, ${formatCount(honestBlocked)} in all, and ${formatCount(fakeBlocked)} of ${formatCount(fake)} fake ones\n` +
    `      with a person's release: ${formatCount(released.fakeBlocked)} of ${formatCount(fake)} fake accounts blocked, however many that are\n`
  );
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
