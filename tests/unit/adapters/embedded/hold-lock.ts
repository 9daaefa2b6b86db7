import { SnapshotLock } from '../../../../src/adapters/embedded/snapshot-lock.ts';

/** A process that takes a lock, says so, and keeps it until it is killed. */
const lock = await SnapshotLock.acquire(process.argv[2]!, Number(process.argv[3]));
process.stdout.write(lock.ok ? 'held\n' : `${lock.failure.code}\n`);
if (lock.ok) setInterval(() => undefined, 60_000);
