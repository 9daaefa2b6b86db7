import type { Command } from 'commander';
import type { GroupsProofCommand } from './run-groups-proof.ts';
import { wholeNumber } from './simulate.ts';

export function register(program: Command): void {
  program
    .command('groups')
    .description('Accounts that share what is rare, decided together.')
    .command('prove')
    .description(
      'Count whom groups hit on a simulated stream that is full of honest look-alikes, and what they spare: with and without groups.',
    )
    .option('--accounts <number>', 'people of the simulated platform', wholeNumber(100), 6_000)
    .option('--days <number>', 'days of the stream', wholeNumber(1), 14)
    .option('--seed <number>', 'another one is another platform', wholeNumber(0), 7)
    .option('--policy <file>', 'policy document (default: the one that ships); its groups act, whatever its mode')
    .action(async (parsed: GroupsProofCommand) => (await import('./run-groups-proof.ts')).runGroupsProof(parsed));
}
