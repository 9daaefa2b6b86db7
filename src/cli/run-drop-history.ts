import { dropSnapshot } from '../adapters/embedded/drop-snapshot.ts';
import { dropHistory } from '../adapters/valkey/drop-history.ts';
import { orThrow } from '../app/versions.ts';
import { sharedSettings } from '../app/worker/history.ts';
import { FailureError } from '../domain/failure.ts';
import { EntityKeyHasher } from '../features/entity-key.ts';
import { loadConfigOf } from './load-config.ts';
import { formatCount } from './style.ts';

/** The options of `winnow drop-history`. */
export interface DropHistoryOptions {
  readonly config?: string;
  readonly yes?: boolean;
}

/** Removes the history that the settings name, or says what it is. Throws `FailureError`. */
export async function runDropHistory({ config: file, yes = false }: DropHistoryOptions): Promise<void> {
  const config = loadConfigOf(file, process.env, ['state.keySecret']);
  const { store, snapshotFile, keySecret } = config.state;
  const done = yes ? 'Removed' : 'Would remove';
  const about = yes ? '' : 'about ';
  const end = yes ? '' : ' Give --yes to remove it.';
  if (store === 'valkey') {
    const hasher = new EntityKeyHasher(Buffer.from(keySecret!.reveal(), 'hex'));
    const keys = await dropHistory(sharedSettings(config, hasher), yes);
    process.stdout.write(`${done} ${about}${formatCount(keys)} keys under ${config.valkey.keyPrefix}.${end}\n`);
    return;
  }
  if (snapshotFile === undefined) {
    const message = 'there is no history to remove: it ends with its process.';
    throw new FailureError({ code: 'CONFIG_INVALID', message, path: 'state.snapshotFile' });
  }
  const files = orThrow(await dropSnapshot(snapshotFile, yes));
  const named = files.length === 0 ? 'nothing: there is no such file.' : `${files.join(', ')}.${end}`;
  process.stdout.write(`${done} ${named}\n`);
}
