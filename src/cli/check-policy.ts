import type { Command } from 'commander';
import type { Policy } from '../policy/policy.ts';
import type { Sampling } from '../policy/sampling.ts';
import { wholeNumber } from './simulate.ts';
import { formatShare } from './style.ts';

interface CheckPolicyOptions {
  readonly lists?: string;
  readonly config?: string;
  readonly on?: string;
  readonly percentMax: number;
}

/** Percentage of accounts that a rule may hit unless it is told otherwise: a campaign has fewer, a rule that is wrong has most. */
const percentMaxDefault = 10;

export function register(program: Command): void {
  program
    .command('check-policy')
    .description('Check a policy document, and on a stream of events whom its rules hit.')
    .argument('<file>', 'the policy document')
    .option('--on <events>', 'events as NDJSON, plain or gzip: rules that hit too many of their accounts are refused')
    .option(
      '--percent-max <number>',
      'percentage of the accounts that a rule may hit',
      wholeNumber(1),
      percentMaxDefault,
    )
    .option('--lists <file>', 'the lists that conditions may ask for; else those that the settings name')
    .option('--config <file>', 'the settings that name the lists, as `winnow run` has them')
    .addHelpText(
      'after',
      '\nExample:\n  $ winnow check-policy policy.yaml --on events.ndjson\n\nIt exits with 0 without faults. `winnow replay` says what the policy would have decided.',
    )
    .action(checkPolicy);
}

/** What no time ends outlives what is known of its account, within bounds: whoever sets it is told which. */
function describeForever({ standingMs, protectionMs }: Policy): string | null {
  const times = Object.entries({ ...standingMs, protection: protectionMs });
  const endless = times.flatMap(([name, ms]) => (ms === Infinity ? [name] : []));
  if (endless.length === 0) return null;
  return (
    `Forever: ${endless.join(', ')}. It outlives what is known of the account: in memory of as many accounts as one part in 32 of ` +
    `state.memoryBytesMax has room for, 80 bytes each; in Valkey for valkey.standingDays.`
  );
}

/** Who may be drawn, at most: what a person answers for who puts it in force. */
function describeSamples({ holdOut, audit }: Sampling): string {
  return `Samples: at most ${mostOf(holdOut)} of those that would be blocked are let through, and at most ${mostOf(audit)} of a band are audited.`;
}

function mostOf(bands: Sampling['audit']): string {
  return formatShare(Math.max(0, ...bands.map(({ probability }) => probability)));
}

/** Names of the lists that have entries; undefined where nobody said where they are. */
async function knownLists({ lists, config }: Pick<CheckPolicyOptions, 'lists' | 'config'>) {
  if (lists === undefined && config === undefined) return undefined;
  const { listPlace } = await import('./list/place.ts');
  const place = listPlace({
    ...(lists === undefined ? {} : { file: lists }),
    ...(config === undefined ? {} : { config }),
  });
  return new Set([...(await place.entries()).values()].map(({ list }) => list));
}

async function checkPolicy(file: string, { on, percentMax, ...place }: CheckPolicyOptions): Promise<void> {
  const [{ loadPolicyFile, orThrow }, { ruleHits }, { FailureError }] = await Promise.all([
    import('../app/versions.ts'),
    import('../evaluation/rule-hits.ts'),
    import('../domain/failure.ts'),
  ]);
  const known = await knownLists(place);
  const policy = orThrow(await loadPolicyFile(file, known));
  process.stdout.write(`${file} has no faults: version ${policy.version}, ${policy.rules.length} rules.\n`);
  const forever = describeForever(policy);
  if (forever !== null) process.stdout.write(`${forever}\n`);
  if (policy.samples !== undefined) process.stdout.write(`${describeSamples(policy.samples)}\n`);
  if (known === undefined && policy.lists !== undefined)
    process.stdout.write(
      `It asks for the lists ${[...policy.lists].join(', ')}: --lists or --config says whether there are such.\n`,
    );
  if (on === undefined) return;
  const { accounts, rules } = await ruleHits(on, policy);
  const wide = rules.filter((rule) => rule.accounts * 100 > percentMax * accounts);
  for (const rule of rules)
    process.stdout.write(
      `  ${rule.id}  ${rule.accounts} of ${accounts} accounts${wide.includes(rule) ? '  too many' : ''}\n`,
    );
  if (wide.length === 0) return;
  const message = `${wide.map(({ id }) => id).join(', ')}: more than ${percentMax} % of the accounts of ${on}.`;
  throw new FailureError({ code: 'POLICY_TOO_WIDE', message, path: file });
}
