import { epochOf, isCurrentEpoch, isPastEpoch } from '../../domain/group-epoch.ts';
import {
  compactKey,
  keyText,
  type AccountKey,
  type GroupMember,
  type GroupSighting,
  type SharedValue,
} from '../../domain/group-member.ts';
import { comparedEpochs, currentPart, ofNobody, populationOf } from '../../history/group-memory.ts';
import type { GroupStore, HeldValue, ToldChange } from '../../group-ports.ts';
import type { Connection } from './connection.ts';
import {
  accountSuffix,
  epochSuffix,
  holdersOf,
  keptSeconds,
  memberOf,
  mergeStep,
  toldField,
  toldText,
  valueSuffix,
} from './group-fields.ts';
import { groupScript, type GroupReply } from './group-script.ts';
import { groupPrefixes } from './keys.ts';
import type { ValkeySettings } from './settings.ts';
import { shardOf } from './touch-table.ts';

/** A step of the script, and in which shard. */
interface Step {
  readonly shard: number;
  readonly args: readonly string[];
}

/**
 * What accounts have in common, in Valkey, shared by all processes. A batch takes two round trips, one to its accounts and one to their
 * values, and a third where several have the same: accounts are written before anybody can find them by a value.
 */
export class ValkeyGroupStore implements GroupStore {
  readonly #connection: Connection;
  readonly #shards: number;
  /** [shard] beginning of its keys. */
  readonly #prefixes: readonly string[];
  /** By epoch: [shard] accounts that it had when it was last asked. */
  readonly #population = new Map<number, Map<number, number>>();
  #newestEpoch = 0;
  #size = 0;

  /** @param connection of the history, which closes it. */
  constructor(connection: Connection, settings: Pick<ValkeySettings, 'keyPrefix' | 'shards'>) {
    this.#connection = connection;
    this.#shards = settings.shards;
    this.#prefixes = groupPrefixes(settings);
  }

  async take(sightings: readonly GroupSighting[]): Promise<readonly HeldValue[]> {
    if (sightings.length === 0) return [];
    this.#enter(Math.max(...sightings.map(({ timeMs }) => epochOf(timeMs))));
    const members = await this.#merge(sightings);
    const shown = new Map<string, { value: SharedValue; accounts: AccountKey[] }>();
    for (const sighting of sightings) {
      const member = members.get(compactKey(sighting));
      if (member === undefined) continue;
      const held = new Set(member.values.map(compactKey));
      const asked = sighting.isNews ? member.values : sighting.values.filter((value) => held.has(compactKey(value)));
      for (const value of asked.filter(({ epoch }) => this.#isCurrent(epoch))) {
        const text = compactKey(value);
        const known = shown.get(text);
        if (known === undefined) shown.set(text, { value: ofNobody(value), accounts: [member] });
        else known.accounts.push(member);
      }
    }
    if (shown.size === 0) return [];
    const holders = await this.#join([...shown.values()]);
    const tied = [...shown.keys()].toSorted().filter((text) => {
      const accounts = holders.get(text);
      return accounts === null || (accounts !== undefined && accounts.length > 1);
    });
    await this.#read(
      tied.flatMap((text) => holders.get(text) ?? []),
      members,
    );
    return tied.map((text) => {
      const { value } = shown.get(text)!;
      const accounts = holders.get(text) ?? null;
      const found = (accounts ?? [])
        .map(compactKey)
        .toSorted()
        .flatMap((key) => members.get(key) ?? []);
      return { value, holders: found, isCommon: accounts === null, population: this.#populationOf(value.epoch) };
    });
  }

  async count(values: readonly SharedValue[]): Promise<readonly number[]> {
    const replies = await this.#run(values.map((value) => this.#step(value, ['c', valueSuffix(value)])));
    return replies.map((reply) => (reply === -1 ? Infinity : Number(reply)));
  }

  async tell(changes: readonly ToldChange[], common: readonly SharedValue[]): Promise<void> {
    await this.#run([
      ...changes.map(({ account, value, told }) =>
        this.#step(account, ['t', accountSuffix(account), toldField(value), toldText(told)]),
      ),
      ...common.map((value) => this.#step(value, ['x', valueSuffix(value)])),
    ]);
  }

  /** Values first: what goes on being named by none of its accounts could not be found again. */
  async forget(account: AccountKey): Promise<void> {
    const [reply] = await this.#run([this.#step(account, ['r', accountSuffix(account)])]);
    const values = memberOf(account, reply!)?.values ?? [];
    await this.#run(values.map((value) => this.#step(value, ['l', valueSuffix(value), keyText(account)])));
    await this.#run([this.#step(account, ['d', accountSuffix(account)])]);
  }

  /** Accounts that the newest epoch and the one before have brought, as far as this process has seen. */
  size(): number {
    return this.#size;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** By key, the accounts of sightings after these. */
  async #merge(sightings: readonly GroupSighting[]): Promise<Map<string, GroupMember>> {
    const current = sightings.map((sighting) => currentPart(sighting, this.#newestEpoch));
    const replies = await this.#run(current.map((sighting) => this.#step(sighting, mergeStep(sighting))));
    const members = new Map<string, GroupMember>();
    for (const [index, sighting] of current.entries()) {
      const member = memberOf(sighting, replies[index]!);
      if (member !== undefined) members.set(compactKey(sighting), member);
    }
    return members;
  }

  /** Adds accounts to values; returns by value who has it, null where it is common. Also asks how many the epochs of the values have. */
  async #join(
    shown: readonly { readonly value: SharedValue; readonly accounts: readonly AccountKey[] }[],
  ): Promise<ReadonlyMap<string, readonly AccountKey[] | null>> {
    const joins = shown.flatMap(({ value, accounts }) => accounts.map((account) => ({ value, account })));
    const epochs = new Set(shown.flatMap(({ value: { epoch } }) => comparedEpochs(epoch)));
    const shards = new Set(shown.map(({ value }) => shardOf(value.keyLow, this.#shards)));
    const asked = [...epochs].flatMap((epoch) => [...shards].map((shard) => ({ epoch, shard })));
    const replies = await this.#run([
      ...joins.map(({ value, account }) => this.#step(value, ['j', valueSuffix(value), keptSeconds, keyText(account)])),
      ...asked.map(({ epoch, shard }) => ({ shard, args: ['p', epochSuffix(epoch)] })),
    ]);
    for (const [index, { epoch, shard }] of asked.entries())
      this.#counted(epoch, shard, Number(replies[joins.length + index]));
    // The last of a value has seen all the others.
    return new Map(joins.map(({ value }, index) => [compactKey(value), holdersOf(replies[index]!)]));
  }

  /** Reads those accounts that are not among `members` yet, into these. */
  async #read(accounts: readonly AccountKey[], members: Map<string, GroupMember>): Promise<void> {
    const missing = new Map(accounts.map((account) => [compactKey(account), account]));
    for (const key of members.keys()) missing.delete(key);
    const asked = [...missing.values()];
    const replies = await this.#run(asked.map((account) => this.#step(account, ['r', accountSuffix(account)])));
    for (const [index, account] of asked.entries()) {
      const member = memberOf(account, replies[index]!);
      if (member !== undefined) members.set(compactKey(account), member);
    }
  }

  #step({ keyLow }: AccountKey, args: readonly string[]): Step {
    return { shard: shardOf(keyLow, this.#shards), args };
  }

  /** Runs steps, one call a shard, in their order within it. Returns the replies in the order of the steps. */
  async #run(steps: readonly Step[]): Promise<readonly GroupReply[]> {
    if (steps.length === 0) return [];
    const byShard = Map.groupBy(steps.keys(), (index) => steps[index]!.shard);
    const replies = new Array<GroupReply>(steps.length);
    await Promise.all(
      Array.from(byShard, async ([shard, indices]) => {
        const args = indices.flatMap((index) => steps[index]!.args);
        const answer = (await this.#connection.run(groupScript, this.#prefixes[shard]!, args)) as GroupReply[];
        for (const [place, index] of indices.entries()) replies[index] = answer[place]!;
      }),
    );
    return replies;
  }

  #counted(epoch: number, shard: number, accounts: number): void {
    const byShard = this.#population.get(epoch) ?? new Map<number, number>();
    this.#population.set(epoch, byShard.set(shard, accounts));
  }

  /** As many in each shard as in those that were asked. */
  #populationOf(epoch: number): number {
    return populationOf(epoch, (one) => this.#estimate(one));
  }

  #estimate(epoch: number): number {
    const counts = [...(this.#population.get(epoch)?.values() ?? [])];
    const sum = counts.reduce((total, count) => total + count, 0);
    return counts.length === 0 ? 0 : (sum / counts.length) * this.#shards;
  }

  #isCurrent(epoch: number): boolean {
    return isCurrentEpoch(epoch, this.#newestEpoch);
  }

  #enter(epoch: number): void {
    this.#size = comparedEpochs(epoch).reduce((sum, one) => sum + this.#estimate(one), 0);
    if (epoch <= this.#newestEpoch) return;
    this.#newestEpoch = epoch;
    for (const past of this.#population.keys()) if (isPastEpoch(past, epoch)) this.#population.delete(past);
  }
}
