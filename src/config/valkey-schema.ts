import { count, flag, list, milliseconds, optionalText, secret, section, text } from './setting.ts';
import { tlsSection } from './tls-schema.ts';

const tls = tlsSection({
  one: 'A Valkey',
  several: 'the nodes of Valkey',
  example: 'valkey.example.com',
  asksForCertificate: 'Valkey asks for a client certificate (`tls-auth-clients`).',
});

export const valkey = section({
  nodes: list({
    expected: 'host:port with a port from 1 to 65535',
    example: 'valkey-1.example.com:6379',
    pattern:
      /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
    entriesMax: 64,
    reason: 'Where to ask. Of a cluster, two or three of its nodes; else one server, and what takes its place.',
    change: 'Required by `state.store` valkey.',
  }),
  cluster: flag({
    default: false,
    reason: 'Whether the nodes are a Valkey Cluster, over which the shards are spread, or one server.',
    change: 'Turn it on for a cluster.',
  }),
  username: optionalText({
    expected: 'a text of 1 to 256 characters',
    example: 'winnow',
    pattern: /^.{1,256}$/,
    reason: 'The user that Valkey knows. Without it, and with a password, the default user.',
    change: 'Always, where Valkey is shared: `src/adapters/valkey/README.md` lists the rights.',
  }),
  password: secret({
    expected: 'a text of 1 to 1024 characters',
    pattern: /^[^]{1,1024}$/,
    remedy: 'Give the password of the user.',
    reason: 'The password of the user.',
    change: 'Valkey asks for one.',
  }),
  clearTextAllowed: flag({
    default: false,
    reason: 'Without TLS, whoever listens has the password. So that is refused, but for the own machine.',
    change: 'On a closed network whose Valkey has no TLS, knowing this.',
  }),
  tls,
  keyPrefix: text({
    expected: 'a text of 1 to 64 letters, digits, dots, dashes, underscores and colons',
    example: 'winnow:',
    pattern: /^[A-Za-z0-9._:-]{1,64}$/,
    default: 'winnow:',
    reason: 'Beginning of every key. All members of a group share it.',
    change: 'Several installations share a Valkey. Another one is another history, which begins empty.',
  }),
  shards: count({
    default: 8,
    min: 1,
    max: 256,
    reason:
      'Parts into which entities are divided. Nodes of a cluster share them out; each costs a call per batch and phase.',
    change:
      'Before the first start, to more than the nodes that the cluster may have one day. Later, Winnow forgets its history.',
  }),
  timeoutMs: milliseconds({
    default: 1_000,
    min: 10,
    max: 60_000,
    reason: 'A call takes milliseconds. After this long without an answer it counts as failed, and the batch is held.',
    change: 'Raise it when Valkey is far away, or stands still for longer while it saves or fails over.',
  }),
  retentionDays: count({
    default: 30,
    min: 1,
    max: 3_650,
    reason:
      'Accounts, and what counts labels (addresses, devices, mailboxes and the like), are forgotten when not seen for this long, and for their longest window at least.',
    change: 'Raise it with the memory you have: a sleeper that wakes later is a new account.',
  }),
  standingDays: count({
    default: 1_825,
    min: 1,
    max: 36_500,
    reason:
      'An account for which an action stands that no time ends (a block by a person; `forever` in the policy) is kept for this long after it came to stand, seen or not.',
    change: 'Lower it where blocked accounts take more memory than you have: some 0.6 KB each.',
  }),
});
