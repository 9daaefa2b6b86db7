import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { EntityKeyHasher } from '../../../../src/features/entity-key.ts';
import { entityKinds } from '../../../../src/features/state.ts';
import type { ValkeyOffer } from '../../valkey/offer.ts';
import { bytesIn } from '../../valkey/support.ts';
import { afterTest } from './clean-up.ts';
import { temporaryDirectory } from './files.ts';
import { sceneKeySecret } from './scene.ts';
import { sharedHistory } from './valkey.ts';

/** Where history is kept: how the processor is told, and all bytes of it. */
export interface Place {
  readonly variables: Readonly<Record<string, string>>;
  readonly bytes: () => Promise<Buffer>;
  /** A killed process leaves less than it had committed: the next reads it again. */
  readonly isReadAgain: boolean;
}

export async function inSnapshot(context: TestContext): Promise<Place> {
  const folder = await temporaryDirectory(afterTest(context));
  const bytes = async (): Promise<Buffer> =>
    Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))));
  return { variables: { WINNOW_STATE_SNAPSHOT_FILE: join(folder, 'history') }, bytes, isReadAgain: true };
}

export function inValkey(context: TestContext, offer: ValkeyOffer): Promise<Place> {
  const { nodes, variables } = sharedHistory(offer.require(context).nodes);
  return Promise.resolve({ variables, bytes: () => bytesIn(nodes), isReadAgain: false });
}

const bytesOf = (...words: readonly number[]): Buffer => Buffer.from(new Uint32Array(words).buffer);

/** Whether the keyed hash of an account, in either order of its words, is anywhere in bytes. */
export function isIn(content: Buffer, account: string): boolean {
  const hasher = new EntityKeyHasher(Buffer.from(sceneKeySecret, 'hex'));
  hasher.hashText(entityKinds.indexOf('account'), account);
  const { high, low } = hasher;
  return content.includes(bytesOf(high, low)) || content.includes(bytesOf(low, high));
}
