import { setTimeout as wait } from 'node:timers/promises';
import type { Policy } from '../policy/policy.ts';
import type { ModelSlot } from '../scoring/model-slot.ts';
import type { Telemetry } from '../telemetry.ts';
import { fingerprint, loadChampion, loadPolicyFile } from './versions.ts';

/**
 * Calls `changed` whenever the bytes of a file are others than before, looking every `pollMs`. Polling, since watching does not
 * see a replaced file on every file system (mounted volumes, network shares); a rename in place is seen at the next look.
 * A file that is away for a moment is no change. Resolves when `signal` ends it.
 * @param known the file's fingerprint from before it was first read, so that no change is missed.
 */
export async function watchFile(
  file: string,
  known: string | null,
  pollMs: number,
  signal: AbortSignal,
  changed: () => Promise<void>,
): Promise<void> {
  let last = known;
  while (!signal.aborted) {
    await wait(pollMs, undefined, { signal }).catch(() => undefined);
    const current = signal.aborted ? last : await fingerprint(file);
    if (current === null || current === last) continue;
    last = current;
    await changed();
  }
}

/** Puts the champion that the deployment file names into the slot, or says why not and leaves the one that serves. */
export async function reloadChampion(
  slot: ModelSlot,
  modelFolder: string,
  deploymentFile: string,
  telemetry: Telemetry,
): Promise<void> {
  const champion = await loadChampion(modelFolder, deploymentFile);
  if (!champion.ok) {
    telemetry.modelRefused(champion.failure);
    return;
  }
  const { name, version, sha256 } = champion.value.reference;
  await slot.replace(champion.value);
  telemetry.modelLoaded(name, version, sha256);
}

/** The policy in force: replaced as a whole, and asked once a batch. */
export class PolicySlot {
  current: Policy;

  constructor(policy: Policy) {
    this.current = policy;
  }

  /** Takes what the file says now, or says why not and keeps the one in force. */
  async reload(file: string, telemetry: Telemetry): Promise<void> {
    const policy = await loadPolicyFile(file);
    if (!policy.ok) {
      telemetry.policyRefused(policy.failure);
      return;
    }
    this.current = policy.value;
    telemetry.policyLoaded(policy.value.version, policy.value.sha256, policy.value.rules.length);
  }
}
