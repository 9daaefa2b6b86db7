import { expect, it } from 'vitest';
import { BatchFold } from '../../../../src/adapters/valkey/batch-fold.ts';
import { Compactions } from '../../../../src/adapters/valkey/compactions.ts';
import { EntityState } from '../../../../src/adapters/valkey/entity-state.ts';
import { expiries } from '../../../../src/adapters/valkey/expiry.ts';
import { kindPlans } from '../../../../src/adapters/valkey/kind-plan.ts';
import { ShardRequest, writeShardRequest } from '../../../../src/adapters/valkey/shard-request.ts';
import { TouchTable } from '../../../../src/adapters/valkey/touch-table.ts';
import { SnapshotValues } from '../../../../src/features/snapshot-values.ts';
import { snapshotColumn, snapshotColumnCount } from '../../../../src/features/state.ts';
import { observationsOf, startMs } from '../../../contract/feature-store-contract.ts';

/** Folds what a shard answered about two new accounts: `lengths`, and as many words of a value behind each. */
function folded(...lengths: readonly number[]) {
  const batch = observationsOf([1, 2].map((account) => ({ offset: account, timeMs: startMs, id: account, account })));
  const states = kindPlans.map((plan) => new EntityState(plan));
  const fold = new BatchFold(batch, startMs, states, new Compactions(), new SnapshotValues());
  const [table, request] = [new TouchTable(), new ShardRequest()];
  fold.accounts(table);
  writeShardRequest(request, table, [0, 1], batch, fold.notes, -1, [], expiries(30));
  const header = [1, 0, 0xbff0_0000, 7];
  fold.fold(table, 0, [0, 1], request, Uint32Array.of(...header, ...lengths), true);
  return [0, 1].map((row) => fold.answer.values[row * snapshotColumnCount + snapshotColumn('account', 'events', '1h')]);
}

it('takes no answer that is of fewer entities than were asked for, or of more: it would be read as of another', () => {
  expect(folded(0, 0)).toEqual([1, 1]);
  for (const lengths of [[0], [0, 0, 0], [0, 8]]) expect(() => folded(...lengths)).toThrow('has its answer');
});
