import { choice, count, milliseconds, optionalPath, secret, section } from './setting.ts';

export const state = section({
  store: choice(['embedded', 'valkey'], {
    default: 'embedded',
    reason:
      'Where history is kept: in the memory of the one process, or in a Valkey that all members of the group share.',
    change: 'As soon as there are two processes: with memories of their own, each would see a part of every velocity.',
  }),
  memoryBytesMax: count({
    // What about a million entities take.
    default: 320 * 1024 * 1024,
    min: 16 * 1024 * 1024,
    max: 16 * 1024 * 1024 * 1024,
    reason:
      'Bytes that history in memory may take. When they are full, what was seen once goes first; labels and standing actions last.',
    change:
      'Raise it with the memory you have, when `winnow_history_next_eviction_age_seconds` is below the windows that you need.',
  }),
  groupAccountsMax: count({
    default: 100_000,
    min: 1_000,
    max: 10_000_000,
    reason:
      'Accounts in memory of which it is known what they have in common with others, about a kilobyte each, beside the history. When there are more, those that came first are forgotten. Of no account with `state.store` valkey, nor where the policy has groups off.',
    change: 'Raise it to the accounts that show something (signups, profiles, texts) within two weeks.',
  }),
  keySecret: secret({
    expected: 'a text of 32 hex digits (16 bytes)',
    pattern: /^[0-9A-Fa-f]{32}$/,
    remedy: 'Make one with: openssl rand -hex 16',
    reason:
      'Key of the hash under which addresses, devices and mailboxes are remembered; who has the state but not this learns none. Who has both can try all IPv4 addresses within an hour: keep the two apart.',
    change:
      'Always: `winnow run` requires it. All members of a group share it; a new one makes Winnow forget its history, and is the remedy where this one leaked.',
  }),
  snapshotFile: optionalPath({
    reason:
      'Where the history is written now and then and at the end, and read at the start. Without it, a restart begins with none.',
    change:
      'Set it wherever Winnow has a disk that outlives it. One process uses it: another that is given it refuses to start.',
  }),
  snapshotIntervalMs: milliseconds({
    default: 300_000,
    min: 1_000,
    max: 86_400_000,
    reason: 'After a crash, what came since the last snapshot is read and decided again: at most about this much.',
    change:
      'Lower it to catch up sooner after a crash; raise it to write less, a few hundred bytes an entity each time.',
  }),
});
