import type { FailureCode } from '../domain/failure.ts';

/** How a command ends. Scripts rely on these numbers: one is never given another meaning. */
export const exitCodes = {
  done: { code: 0, meaning: 'done' },
  failed: { code: 1, meaning: 'failed at run time, or did not end before shutdown.deadlineMs: restart it' },
  usage: { code: 2, meaning: 'wrong arguments: see --help' },
  config: { code: 3, meaning: 'the configuration has faults: see winnow check-config' },
  refused: { code: 4, meaning: 'the policy, the deployment, a model bundle, norms or a command were refused' },
  broker: { code: 5, meaning: 'Kafka cannot be reached, refuses the credentials, or has no such topic' },
  file: { code: 6, meaning: 'an input cannot be read or an output not be written' },
  bug: { code: 70, meaning: 'a bug in Winnow: please report the stack' },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

export type ExitCodeName = keyof typeof exitCodes;

/** With which code a failure ends the program, when it ends it. Total, so that a new failure has to choose. */
const exitCodeNames: Readonly<Record<FailureCode, ExitCodeName>> = {
  EVENT_EMPTY: 'file',
  EVENT_TOO_LARGE: 'file',
  EVENT_NOT_UTF8: 'file',
  EVENT_NOT_JSON: 'file',
  EVENT_TOO_MANY_MEMBERS: 'file',
  EVENT_COMPRESSED: 'file',
  EVENT_FRAMED: 'file',
  EVENT_BATCH: 'file',
  EVENT_LONE_SURROGATE: 'file',
  EVENT_NOT_CLOUDEVENT: 'file',
  EVENT_UNKNOWN_TYPE: 'file',
  EVENT_MISSING_MEMBER: 'file',
  EVENT_WRONG_TYPE: 'file',
  EVENT_WRONG_VALUE: 'file',
  EVENT_STRING_TOO_LONG: 'file',
  EVENT_WRONG_TIME: 'file',
  EVENT_TIME_AHEAD: 'file',
  EVENT_TIME_BEHIND: 'file',
  EVENT_WRONG_TOPIC: 'file',
  EVENT_BATCH_UNREADABLE: 'file',
  CONFIG_INVALID: 'config',
  CONFIG_UNREADABLE: 'config',
  POLICY_INVALID: 'refused',
  POLICY_UNREADABLE: 'refused',
  POLICY_VERSION_TAKEN: 'refused',
  POLICY_TOO_WIDE: 'refused',
  BUNDLE_UNREADABLE: 'refused',
  BUNDLE_INVALID: 'refused',
  BUNDLE_HASH: 'refused',
  BUNDLE_FEATURES: 'refused',
  BUNDLE_DEFINITIONS: 'refused',
  BUNDLE_SHAPE: 'refused',
  BUNDLE_GOLDEN: 'refused',
  BUNDLE_BATCH: 'refused',
  BUNDLE_EDGE: 'refused',
  BUNDLE_EXPLANATION: 'refused',
  BUNDLE_FLAT: 'refused',
  BUNDLE_ORDER: 'refused',
  BUNDLE_BLOCKS: 'refused',
  BUNDLE_SLOW: 'refused',
  BUNDLE_TIMEOUT: 'refused',
  BUNDLE_MEMORY: 'refused',
  BUNDLE_CRASHED: 'refused',
  BUNDLE_VERSION_TAKEN: 'refused',
  NORMS_UNREADABLE: 'refused',
  NORMS_INVALID: 'refused',
  NORMS_DEFINITIONS: 'refused',
  NORMS_VERSION_TAKEN: 'refused',
  CALIBRATION_TOO_SMALL: 'refused',
  LABELS_TOO_MANY: 'refused',
  TRAINING_REFUSED: 'refused',
  DEPLOYMENT_INVALID: 'refused',
  SNAPSHOT_DAMAGED: 'file',
  SNAPSHOT_FOREIGN: 'file',
  SNAPSHOT_LOCKED: 'file',
  SNAPSHOT_INACCESSIBLE: 'file',
  MODEL_FAILED: 'failed',
  STORE_UNAVAILABLE: 'failed',
  CLOCK_BEHIND: 'failed',
  BROKER_UNREACHABLE: 'broker',
  BROKER_AUTHENTICATION: 'broker',
  BROKER_AUTHORIZATION: 'broker',
  TOPIC_MISSING: 'broker',
  CONSUME_FAILED: 'broker',
  RECORD_REFUSED: 'broker',
  SEND_FAILED: 'broker',
  CHANGE_REFUSED: 'file',
  LIST_ENTRY_INVALID: 'file',
  CONTROL_INVALID: 'file',
  LIST_IMPORT_REFUSED: 'refused',
  ARCHIVE_UNAVAILABLE: 'file',
  ARCHIVE_FOREIGN: 'file',
  ARCHIVE_DAMAGED: 'file',
  ARCHIVE_RECORD_INVALID: 'file',
  ACCOUNT_UNKNOWN: 'refused',
  EVIDENCE_INVALID: 'refused',
  INPUT_UNREADABLE: 'file',
  LABELS_INVALID: 'file',
  OUTPUT_UNWRITABLE: 'file',
};

export function exitCodeOf(failure: FailureCode): number {
  return exitCodes[exitCodeNames[failure]].code;
}

/** For the end of `--help`. */
export function describeExitCodes(): string {
  const lines = Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padStart(2)}  ${meaning}`);
  return ['Exit codes:', ...lines].join('\n');
}
