/** Few records a batch, so that there is always one in hand. */
export const batchRecordsMax = 16;
export const sessionTimeoutMs = 10_000;

/**
 * What stands for accounts changes all the time, by rules that ask the events alone: so what is decided does not depend on the order of
 * partitions. By what history says, only scores do.
 */
export const policy = {
  version: 'by-events',
  thresholds: { challenge: 0.999_998, review: 0.999_999, block: 1 },
  standing: { challenge: '5m', review: '10m', block: '15m' },
  rules: [
    { on: ['account.signup'], when: 'event.data.status == "succeeded"', then: 'challenge' },
    { on: ['content.created'], when: 'event.data.kind == "post"', then: 'review' },
    { on: ['social.request_sent'], when: 'event.data.verb == "follow"', then: 'block' },
  ].map((rule) => ({ ...rule, id: `asks-${rule.then}`, version: 1, reason: 'It is so' })),
};

/** Longer than any outage of a campaign lasts, so that nothing is decided without history. */
export const patient = {
  WINNOW_STORE_HOLD_MS: '120000',
  WINNOW_KAFKA_CONSUMER_REBALANCE_TIMEOUT_MS: '150000',
  WINNOW_STORE_RETRY_MAX_MS: '300',
  WINNOW_KAFKA_CONSUMER_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
  WINNOW_KAFKA_CONSUMER_METADATA_AGE_MS_MAX: '2000',
  WINNOW_STATE_SNAPSHOT_INTERVAL_MS: '1000',
  WINNOW_BATCH_RECORDS_MAX: String(batchRecordsMax),
  // Each process counts blocks for itself, and begins anew: here none has too many.
  WINNOW_GOVERNOR_BLOCKS_MIN: '1000000',
  WINNOW_GOVERNOR_BLOCKS_MAX: '1000000',
};
