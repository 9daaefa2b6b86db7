/** Few records a batch, so that there is always one in hand. */
export const batchRecordsMax = 16;
export const sessionTimeoutMs = 10_000;

/** Longer than any outage of a campaign lasts, so that nothing is decided without history. */
export const patient = {
  WINNOW_STORE_HOLD_MS: '120000',
  WINNOW_KAFKA_CONSUMER_REBALANCE_TIMEOUT_MS: '150000',
  WINNOW_STORE_RETRY_MAX_MS: '300',
  WINNOW_KAFKA_CONSUMER_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
  WINNOW_KAFKA_CONSUMER_METADATA_AGE_MS_MAX: '2000',
  // So seldom that a kill finds the last one behind, and so often that a full disk meets one.
  WINNOW_STATE_SNAPSHOT_INTERVAL_MS: '2000',
  WINNOW_BATCH_RECORDS_MAX: String(batchRecordsMax),
  // Each process counts blocks for itself, and begins anew: here none has too many.
  WINNOW_GOVERNOR_BLOCKS_MIN: '1000000',
  WINNOW_GOVERNOR_BLOCKS_MAX: '1000000',
};
