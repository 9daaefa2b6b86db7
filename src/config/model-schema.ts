import { limits } from '../domain/limits.ts';
import { bytes, count, flag, milliseconds, optionalText, path, secret, section, text } from './setting.ts';

/** Settings of the models: where they are, what they may cost, how a new one is proven, and when a canary is withdrawn. */
export const model = section({
  directory: path({
    default: 'models',
    reason: 'Holds the bundles, as `<name>/<version>/`.',
    change: 'Bundles are mounted elsewhere.',
  }),
  deploymentFile: path({
    default: 'models/deployment.json',
    reason:
      'Names the champion. Replaced by an atomic rename, it swaps the model without a restart. A deployment on `kafka.topics.control` holds over it.',
    change: 'Bundles are mounted read-only and the choice is made elsewhere.',
  }),
  pollMs: milliseconds({
    default: 2_000,
    min: 100,
    max: 3_600_000,
    reason: 'How often `deploymentFile` is looked at.',
    change: 'Raise it on a network file system.',
  }),
  timeoutMs: milliseconds({
    default: 2_000,
    min: 10,
    max: 60_000,
    reason:
      'A batch takes milliseconds; a model that takes this long counts as failed, and the batch goes by rules alone.',
    change: 'Raise it for a model that is slow and worth it.',
  }),
  failuresMax: count({
    default: 3,
    min: 1,
    max: 1_000,
    reason: 'Failures in a row after which the former bundle serves again.',
    change: 'Lower it to 1 to fall back at once.',
  }),
  challengers: section({
    sharePercent: count({
      default: 25,
      min: 0,
      max: 100,
      reason: 'Accounts in a hundred that challengers are asked about. They cost as much an event as a champion does.',
      change: 'Raise it where a challenger has to be known sooner, lower it where processors are short; 0 asks none.',
    }),
    batchMsMax: milliseconds({
      default: 20,
      min: 1,
      max: 60_000,
      reason: 'What all challengers together may take of one batch; events beyond are skipped and counted.',
      change: 'Together with `sharePercent`.',
    }),
  }),
  canary: section({
    failuresMax: count({
      default: 3,
      min: 1,
      max: 1_000,
      reason: 'A canary is withdrawn after as many batches in a row in which it throws, is late or gives no number.',
      change: 'Lower it to 1 to withdraw it at once.',
    }),
    blockPercentMin: count({
      default: 50,
      min: 0,
      max: 100,
      reason:
        'It is withdrawn when it blocks less than this many percent of what the champion blocks of the same events.',
      change: 'It is meant to block less: set it to 0.',
    }),
    blockPercentMax: count({
      default: 200,
      min: 100,
      max: 100_000,
      reason:
        'It is withdrawn when it blocks more than this many percent of what the champion blocks of the same events.',
      change: 'It is meant to block more.',
    }),
    blocksMin: count({
      default: 20,
      min: 1,
      max: 1_000_000,
      reason: 'Fewer blocks of either say nothing of their ratio.',
      change: 'Raise it where few false alarms of this rule are worth more than a quick one.',
    }),
    scoreShiftPercentMax: count({
      default: 10,
      min: 0,
      max: 100,
      reason:
        'It is withdrawn when its mean score is further than this many hundredths from the champion’s on the same events.',
      change: 'It is calibrated otherwise, and thresholds were changed with it.',
    }),
    latencyPercentMax: count({
      default: 1_000,
      min: 100,
      max: 100_000,
      reason: 'It is withdrawn when an event costs it more than this many percent of what it costs the champion.',
      change: 'It is slower and worth it. Small batches cost more an event, and those of a small share are small.',
    }),
    overturnedPercentMax: count({
      default: 200,
      min: 100,
      max: 100_000,
      reason:
        'It is withdrawn when people overturn more than this many percent of the share of its blocks that they overturn of the champion’s, within a week.',
      change: 'Appeals against it are answered sooner than those against the champion.',
    }),
    overturnedMin: count({
      default: 5,
      min: 1,
      max: 10_000,
      reason: 'Fewer overturned blocks say nothing of their share.',
      change: 'Raise it where appeals are many and often granted.',
    }),
  }),
  registry: section({
    url: optionalText({
      expected: 'an http or https address of 1 to 500 characters',
      example: 'https://mlflow.example.com',
      pattern: /^(?=.{1,500}$)https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
      reason:
        'An MLflow server whose aliases name the champion and a challenger. Their bundles are copied into `directory` and proven like any other. No other host is contacted; without it, none is.',
      change: 'Models are promoted in a registry. A deployment on `kafka.topics.control` holds over it.',
    }),
    model: optionalText({
      expected: 'a name of 1 to 256 characters',
      example: 'winnow',
      pattern: /^[^\0]{1,256}$/,
      reason: 'The registered model. The files of each version are those of a bundle, as its artifacts.',
      change: 'Together with `url`.',
    }),
    championAlias: text({
      default: 'champion',
      expected: 'a name of 1 to 256 characters',
      example: 'champion',
      pattern: /^[^\0]{1,256}$/,
      reason: 'The alias of the version whose decisions act. Where it is taken away, what served goes on.',
      change: 'The alias has another name.',
    }),
    challengerAlias: text({
      default: 'challenger',
      expected: 'a name of 1 to 256 characters',
      example: 'challenger',
      pattern: /^[^\0]{1,256}$/,
      reason: 'The alias of a version that is only watched; there need be none.',
      change: 'The alias has another name.',
    }),
    token: secret({
      expected: 'a text of 1 to 4096 characters without blanks',
      remedy: 'Give the token that the server expects of a reader.',
      pattern: /^\S{1,4096}$/,
      reason: 'Sent as `Authorization: Bearer`.',
      change: 'The server asks who reads.',
    }),
    clearTextAllowed: flag({
      default: false,
      reason: 'Models decide who is blocked: on the way from a host that is not this one they need TLS.',
      change: 'The network between is your own.',
    }),
    pollMs: milliseconds({
      default: 60_000,
      min: 1_000,
      max: 86_400_000,
      reason: 'How often the aliases are looked up.',
      change: 'A promotion has to arrive sooner.',
    }),
    timeoutMs: milliseconds({
      default: 30_000,
      min: 100,
      max: 600_000,
      reason: 'Until an answer, or a whole file, is given up.',
      change: 'The line is slow.',
    }),
    bundleBytesMax: bytes({
      default: limits.bundleFileBytesMax,
      min: 1024,
      max: 4 * 1024 * 1024 * 1024,
      reason: 'All files of a bundle together; a larger one is not downloaded to its end.',
      change: 'Models are larger.',
    }),
  }),
  proof: section({
    cpuMsMax: milliseconds({
      default: limits.proofCpuMsMax,
      min: 1_000,
      max: 3_600_000,
      reason:
        'A new bundle is proven in a process of its own, which ends after so much time of a processor, in whole seconds: `BUNDLE_TIMEOUT`. The starter takes about 2 s.',
      change: 'Raise it for a large model.',
    }),
    timeoutMs: milliseconds({
      default: limits.proofMsMax,
      min: 1_000,
      max: 3_600_000,
      reason:
        'That process ends after this by the clock, too. The proof goes after the stream: where processors are busy, it takes many times what it computes.',
      change: 'Raise it where a proof ends by this on a busy machine.',
    }),
    memoryBytesMax: bytes({
      default: limits.proofBytesMax,
      min: 768 * 1024 * 1024,
      max: 64 * 1024 * 1024 * 1024,
      reason: 'Memory that the process of the proof may take, while it lasts. It begins with half of this.',
      change: 'Raise it for a large model; the machine needs it beside what Winnow takes.',
    }),
    rowUsMax: count({
      default: limits.proofRowUsMax,
      min: 1,
      max: 1_000_000,
      reason:
        'Processor time that one row may take, in microseconds; a slower bundle is refused, `BUNDLE_SLOW`. The starter takes about 15.',
      change: 'Raise it for a model that is slow and worth it: a batch takes as many times this as it has events.',
    }),
  }),
});
