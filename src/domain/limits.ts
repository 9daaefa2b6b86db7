import assert from 'node:assert/strict';

/**
 * The bounds of what comes in, is held in hand and goes out, with the relations between them asserted below. Buffers and queues of
 * an adapter alone have theirs beside them.
 * Source of the habit: TIGER_STYLE, "Put a limit on everything".
 */
export const limits = {
  /** Bytes of one event's value. The contract's. */
  eventBytesMax: 32 * 1024,
  /** Members of all objects of an event, and its objects and arrays together. The contract's. */
  eventMembersMax: 512,
  eventContainersMax: 512,
  /** Code points of a string, unless the schema says less. The contract's. */
  stringLengthMax: 1_024,
  /** Code points of an event id, a source, a subject and other identifiers. */
  identifierLengthMax: 256,
  /** Entries of `link_domains`. */
  linkDomainsMax: 32,
  /** Milliseconds that `time` may be ahead of the clock, or of the newest time of a file. The contract's. */
  eventAheadMsMax: 5 * 60_000,
  /** Milliseconds that `time` may be behind, unless `events.behindMsMax` says another. The contract's default. */
  eventBehindMsMax: 7 * 24 * 3_600_000,
  /** Largest duration that an event may state, in milliseconds: 365 days. */
  durationMsMax: 365 * 24 * 3_600_000,
  /** Largest age of an account that an event may state, in milliseconds: 50 years. */
  accountAgeMsMax: 50 * 365 * 24 * 3_600_000,

  /** Bytes of one decision as it travels: five reasons, and every rule of a policy. */
  decisionBytesMax: 512 * 1024,
  /** Records that one call of the pipeline takes. */
  batchRecordsMax: 1_024,
  /** Partitions of a process whose records are decided and not settled, or are being decided. */
  partitionsUnsettledMax: 64,
  /** Rows of one call of the model: 64 is near the knee of cost, 256 is where it ends. */
  scoreRowsMax: 256,
  /** Reasons in one decision. */
  reasonsMax: 5,
  /** Things that restrain one decision. */
  restraintsMax: 24,
  /** Entries of lists that one decision names. */
  listedMax: 16,
  /** Rules in one policy. */
  rulesMax: 256,
  /** Characters of one CEL expression. */
  ruleExpressionLengthMax: 2_048,
  /** Bytes of a policy document: a thousand for each rule. It is read on the loop that handles the stream. */
  policyBytesMax: 256 * 1024,
  /** Bytes of one file of a model bundle. */
  bundleFileBytesMax: 256 * 1024 * 1024,
  /** Features of one model. */
  modelFeaturesMax: 1_024,
  /** Golden rows that a bundle must have at least, and that are run at most. */
  goldenRowsMin: 64,
  goldenRowsMax: 4_096,
  /** Largest tolerance of a golden row: what another machine's arithmetic may come to. A wider one would prove nothing. */
  goldenToleranceMax: 1e-3,
  /**
   * What the proof of a bundle may take, unless `model.proof` says another: milliseconds of a processor and by the clock, bytes, and us of a
   * row's processor time.
   */
  proofCpuMsMax: 60_000,
  proofMsMax: 300_000,
  proofBytesMax: 1024 * 1024 * 1024,
  proofRowUsMax: 500,
  /** Values that describe one distribution of norms: with one more, a power of two. */
  normsCutsMax: 31,
  /** Models whose scores one file of norms describes. */
  normsScoresMax: 16,
  /** Accounts of which norms keep a sample, and events of each. */
  normsSampleAccountsMax: 400,
  normsSampleRowsMax: 4,
  /** Bytes of a file of norms: ten types, of each a distribution of each feature, and the sample. */
  normsBytesMax: 8 * 1024 * 1024,

  /** Keys of a log of which every member keeps the last record of each: entries of lists, or things under control. */
  changeKeysMax: 200_000,
  /** Characters of such a key, and bytes of what stands under it. */
  changeKeyLengthMax: 512,
  changeValueBytesMax: 8 * 1024,
  /** Bytes of a file that stands for such a log. */
  changeFileBytesMax: 256 * 1024 * 1024,

  /**
   * Accounts that history knows to be under a legal hold, or to have been so a week ago; and from how many words on no more holds are placed: of one account, and
   * of all together. What ends a hold, or waits for that, has as much room again.
   */
  heldAccountsMax: 100_000,
  holdWordsMax: 1_024,
  heldWordsMax: 400_000,

  /** Characters of a dead letter's `error-message` header. */
  headerLengthMax: 512,
} as const;

assert(limits.identifierLengthMax <= limits.stringLengthMax, 'an identifier is a string');
assert(limits.stringLengthMax * 4 < limits.eventBytesMax, 'a longest string in UTF-8 fits an event');
assert(limits.scoreRowsMax <= limits.batchRecordsMax, 'a call of the model is part of a batch');
assert(limits.goldenRowsMin <= limits.goldenRowsMax, 'the golden rows that must be there are run');
