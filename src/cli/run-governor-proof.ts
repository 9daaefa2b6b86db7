import { proveGovernor } from '../evaluation/governor-proof.ts';
import { formatCount } from './style.ts';

/** Prints whom a rule that is true of everybody blocks before it is held: one member, and three that know of their own blocks alone. */
export async function runProof(options: { accounts: number; days: number; seed: number }): Promise<void> {
  const { accounts, days, seed } = options;
  process.stdout.write(
    `A rule that is true of everybody, set to block: ${formatCount(accounts)} simulated accounts in ${days} days (seed ${seed}).\n`,
  );
  for (const members of [1, 3]) {
    const { honest, honestBeforeTrip, honestBlocked, tripMsMax } = await proveGovernor({ ...options, members });
    const after = tripMsMax === null ? 'never' : `after ${formatCount(Math.round(tripMsMax / 60_000))} minutes`;
    process.stdout.write(
      `  ${members === 1 ? '1 member ' : `${members} members`}  held ${after}: ${formatCount(honestBeforeTrip)} honest accounts blocked before, ` +
        `${formatCount(honestBlocked)} of ${formatCount(honest)} in all\n`,
    );
  }
  const released = await proveGovernor({ ...options, members: 1, isReleased: true });
  process.stdout.write(
    `  with a person's release: ${formatCount(released.fakeBlocked)} of ${formatCount(released.fake)} fake accounts blocked, as of a campaign larger than the caps\n`,
  );
}
