import type { Config } from '../../config/schema.ts';
import type { Clock } from '../../ports.ts';
import { ModelSlot } from '../../scoring/model-slot.ts';
import type { Telemetry } from '../../telemetry.ts';
import { defaultPolicyFile, fingerprint, loadChampion, loadPolicyFile, orThrow } from '../versions.ts';
import { ChampionReloader, PolicySlot, watchFile, type Watch } from './reload.ts';

/** What batches are decided with now. */
export interface VersionsInForce {
  readonly model: ModelSlot;
  readonly policy: PolicySlot;
  /** Ends the watching of files; then frees the model. */
  close(): Promise<void>;
}

/** Loads policy and champion, and takes them anew whenever their files change. Throws `FailureError` when one is refused. */
export async function openVersions(config: Config, telemetry: Telemetry, clock: Clock): Promise<VersionsInForce> {
  const policyFile = config.policy.file ?? defaultPolicyFile;
  const { directory, deploymentFile } = config.model;
  const known = { policy: await fingerprint(policyFile), deployment: await fingerprint(deploymentFile) };
  const policy = new PolicySlot(orThrow(await loadPolicyFile(policyFile)));
  const champion = orThrow(await loadChampion(directory, deploymentFile));
  const model = new ModelSlot(champion, { ...config.model, clock, telemetry });
  telemetry.modelLoaded(champion.reference.name, champion.reference.version, champion.reference.sha256);
  telemetry.policyLoaded(policy.current.version, policy.current.sha256, policy.current.rules.length);

  const champions = new ChampionReloader(model, telemetry);
  const watches: readonly Watch[] = [
    {
      file: policyFile,
      known: known.policy,
      pollMs: config.policy.pollMs,
      reload: () => policy.reload(policyFile, telemetry),
    },
    {
      file: deploymentFile,
      known: known.deployment,
      pollMs: config.model.pollMs,
      reload: () => champions.reload(directory, deploymentFile),
    },
  ];
  const watching = new AbortController();
  const watchers = watches.map((watch) => watchFile(watch, watching.signal));
  return {
    model,
    policy,
    close: async () => {
      watching.abort();
      await Promise.all(watchers);
      await model.close();
    },
  };
}
