import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { PostgresSettings } from '../../adapters/postgres/database.ts';
import { SqliteDatabase } from '../../adapters/sqlite/database.ts';
import type { Archive } from '../../archive/archive.ts';
import { keyBytes } from '../../archive/keyring.ts';
import { SqlArchive } from '../../archive/sql/archive.ts';
import type { Config } from '../../config/schema.ts';
import { FailureError } from '../../domain/failure.ts';
import { EntityKeyHasher } from '../../features/entity-key.ts';
import { hashOf } from '../../lists/list-value.ts';
import { tlsOptions } from '../../net/tls.ts';
import type { SqlDatabase } from '../../sql-database.ts';

const dayMs = 86_400_000;
const postgresPort = 5_432;
const secretForm = /^[0-9A-Fa-f]{64}\s*$/;

/**
 * The archive that the settings name, or the one in a file that a command names. Throws `FailureError`: `CONFIG_INVALID` where they do
 * not say where it is, or under which secret.
 * @param file named on the command line; undefined where the settings say it
 */
export async function openArchive({ archive, state }: Config, file?: string): Promise<Archive> {
  const secret = archive.secret?.reveal() ?? (file === undefined ? refuse('archive.secret') : secretBeside(file));
  const database = await openDatabase(archive, file);
  try {
    return await SqlArchive.open(database, {
      secret: Buffer.from(secret, 'hex'),
      retentionMs: archive.retentionDays * dayMs,
      graceMs: archive.erasureGraceMs,
      rememberMs: archive.erasureRememberedDays * dayMs,
      ...(state.keySecret === undefined ? {} : { entryOf: entriesUnder(state.keySecret.reveal()) }),
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * As `openArchive`, for what only reads or adds to what is there. Throws `INPUT_UNREADABLE` for a file that is not: an archive would be
 * made of it, and told of as empty.
 */
export async function openExistingArchive(config: Config, file?: string): Promise<Archive> {
  const path = file ?? (config.archive.store === 'sqlite' ? config.archive.file : undefined);
  if (path !== undefined && !existsSync(path))
    throw new FailureError({ code: 'INPUT_UNREADABLE', message: 'there is no archive.', path });
  return openArchive(config, file);
}

async function openDatabase(archive: Config['archive'], file: string | undefined): Promise<SqlDatabase> {
  const { store, file: configured } = archive;
  if (file === undefined && store === 'postgres') {
    const { PostgresDatabase } = await import('../../adapters/postgres/database.ts');
    return PostgresDatabase.open(postgresSettings(archive));
  }
  return SqliteDatabase.open(file ?? configured ?? refuse('archive.file'));
}

function postgresSettings({ url, password, tls }: Config['archive']): PostgresSettings {
  const { hostname, port, pathname, username } = new URL(url ?? refuse('archive.url'));
  return {
    host: hostname,
    port: port === '' ? postgresPort : Number(port),
    database: decodeURIComponent(pathname.slice(1)),
    user: decodeURIComponent(username),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(tls.enabled ? { tls: tlsOptions('archive.tls', tls) } : {}),
  };
}

/** For archives that a command makes without settings, of a demo or of past events: drawn once, for its owner alone. */
function secretBeside(file: string): string {
  const path = `${file}.secret`;
  try {
    if (!existsSync(path))
      writeFileSync(path, `${randomBytes(keyBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    const text = readFileSync(path, 'utf8');
    if (secretForm.test(text)) return text.trim();
  } catch (error) {
    throw new FailureError({ code: 'ARCHIVE_UNAVAILABLE', message: String(error), path }, { cause: error });
  }
  throw new FailureError({ code: 'ARCHIVE_FOREIGN', message: 'It is no secret of 64 hex digits.', path });
}

/** What entries of lists about an account are kept under. */
function entriesUnder(keySecret: string): (accountId: string) => string {
  const hasher = new EntityKeyHasher(Buffer.from(keySecret, 'hex'));
  return (accountId) => hashOf(hasher, 'account', accountId);
}

function refuse(path: string): never {
  throw new FailureError({ code: 'CONFIG_INVALID', message: 'It is needed, to open the archive.', path });
}
