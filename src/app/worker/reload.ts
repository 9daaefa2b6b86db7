import { setTimeout as wait } from 'node:timers/promises';
import { failed, type Result } from '../../domain/failure.ts';
import type { Norms } from '../../features/norms/norms.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Telemetry } from '../../telemetry.ts';
import { Refusals, type Reloaded } from './refusals.ts';
import { VersionLedger } from './version-ledger.ts';
import { loadNormsFile, loadPolicyFile } from '../versions.ts';

/** Longest pause between two tries of a file that was refused, where nothing that it names has changed. */
const retryMsMax = 600_000;

export interface Watch {
  /** A text that is another one when what is watched has changed; null while it cannot be read. */
  readonly fingerprint: () => Promise<string | null>;
  /** The fingerprint from before it was first read, so that no change is missed. */
  readonly known: string | null;
  readonly pollMs: number;
  /** What it said at first was refused: it is tried again. */
  readonly wasRefused?: boolean;
  /** A text that is another one when something that it names has changed: asked while it is refused. */
  readonly named?: () => Promise<string>;
  /** Takes what it says now, or refuses it. */
  readonly reload: () => Promise<Reloaded>;
}

/**
 * Reloads whenever a file, or what stands for one, is another than before, looking every `pollMs`. Polling, since watching does not
 * see a replaced file on every file system (mounted volumes, network shares); a rename in place is seen at the next look. A file that
 * is away for a moment is no change. Resolves when `signal` ends it.
 *
 * What was refused is tried again: when what it names has changed, as a bundle that is copied after the deployment that names it,
 * and ever more seldom in any case, since the reason may have lain elsewhere.
 */
export async function watchFile(watch: Watch, signal: AbortSignal): Promise<void> {
  const { fingerprint, known, pollMs, named, reload } = watch;
  let last = known;
  let lastNamed = watch.wasRefused === true ? ((await named?.()) ?? '') : '';
  let retryMs = watch.wasRefused === true ? pollMs : Infinity;
  let sinceTryMs = 0;
  for (;;) {
    await wait(pollMs, undefined, { signal }).catch(() => undefined);
    sinceTryMs += pollMs;
    const current = signal.aborted ? null : await fingerprint();
    if (signal.aborted) return;
    const isRefused = retryMs < Infinity;
    const currentNamed = isRefused && named !== undefined ? await named() : lastNamed;
    const isOther = current !== last || currentNamed !== lastNamed;
    if (current === null || (!isOther && sinceTryMs < retryMs)) continue;
    const pauseMs = isOther ? pollMs : retryMs * 2;
    last = current;
    lastNamed = (await named?.()) ?? '';
    sinceTryMs = 0;
    retryMs = (await reload()) === 'refused' ? Math.min(pauseMs, Math.max(pollMs, retryMsMax)) : Infinity;
  }
}

/** The policy in force: replaced as a whole, and asked once a batch. */
export class PolicySlot {
  current: Policy;
  readonly #versions = new VersionLedger();
  readonly #refusals = new Refusals();

  constructor(policy: Policy) {
    this.current = policy;
    this.#versions.record(policy.version, policy.sha256);
  }

  /** Takes what the file says now, or says why not and keeps the one in force. */
  async reload(file: string, telemetry: Telemetry): Promise<Reloaded> {
    const loaded = await loadPolicyFile(file);
    const policy = loaded.ok ? this.#ofItsVersion(loaded.value, file) : loaded;
    if (!policy.ok) return this.#refusals.refuse(policy.failure, (failure) => telemetry.policyRefused(failure));
    const { version, sha256, rules } = policy.value;
    this.#versions.record(version, sha256);
    this.#refusals.end();
    this.current = policy.value;
    telemetry.policyLoaded(version, sha256, rules.length);
    return 'taken';
  }

  #ofItsVersion(policy: Policy, file: string): Result<Policy> {
    if (!this.#versions.isTaken(policy.version, policy.sha256)) return { ok: true, value: policy };
    return failed('POLICY_VERSION_TAKEN', `Version ${policy.version} was another document before.`, file);
  }
}

/** The norms in force, replaced as a whole; null while the platform has none. */
export class NormsSlot {
  current: Norms | null = null;
  readonly #versions = new VersionLedger();
  readonly #refusals = new Refusals();

  /** Takes what the file says now, or says why not and keeps those in force. */
  async reload(file: string, telemetry: Telemetry): Promise<Reloaded> {
    const loaded = await loadNormsFile(file);
    const norms = loaded.ok ? this.#ofItsVersion(loaded.value, file) : loaded;
    if (!norms.ok) return this.#refusals.refuse(norms.failure, (failure) => telemetry.normsRefused(failure));
    const { version, sha256 } = norms.value;
    this.#versions.record(version, sha256);
    this.#refusals.end();
    this.current = norms.value;
    telemetry.normsLoaded(version, sha256);
    return 'taken';
  }

  #ofItsVersion(norms: Norms, file: string): Result<Norms> {
    if (!this.#versions.isTaken(norms.version, norms.sha256)) return { ok: true, value: norms };
    return failed('NORMS_VERSION_TAKEN', `Version ${norms.version} was another file before.`, file);
  }
}
