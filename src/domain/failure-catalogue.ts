/** Every code: what it means and what its reader does next. `src/domain/README.md` is generated from this table. */
export const failureCatalogue = {
  // Wire: one per way in which bytes can fail to be an event. These travel as `error-code` of a dead letter.
  EVENT_EMPTY: {
    meaning: 'The record has no value.',
    remedy: 'Send the event as the value; tombstones have no meaning on this topic.',
  },
  EVENT_TOO_LARGE: {
    meaning: 'The value is larger than 32 KiB.',
    remedy: 'Shorten the event; long texts belong into a hash.',
  },
  EVENT_NOT_UTF8: { meaning: 'The value is not UTF-8.', remedy: 'Encode JSON as UTF-8.' },
  EVENT_NOT_JSON: { meaning: 'The value is not JSON.', remedy: 'Send one JSON object. NaN and Infinity are not JSON.' },
  EVENT_TOO_MANY_MEMBERS: {
    meaning: 'It has more than 512 members, or more than 512 objects and arrays.',
    remedy: 'Leave out what the contract does not know.',
  },
  EVENT_LONE_SURROGATE: {
    meaning: 'A string that says who, what or when holds half of a surrogate pair.',
    remedy: 'Cut strings between characters, not inside one.',
  },
  EVENT_COMPRESSED: {
    meaning: 'The value itself is compressed.',
    remedy: "Let the producer's compression.type do it: Kafka packs and unpacks batches by itself.",
  },
  EVENT_FRAMED: {
    meaning: 'The value has a frame of a serializer around the event.',
    remedy: 'Send the plain JSON of one CloudEvent, without the frame that error-message names.',
  },
  EVENT_BATCH: {
    meaning: 'The value is an array: a batch of events.',
    remedy: 'Send one record for each event, keyed by its subject.',
  },
  EVENT_NOT_CLOUDEVENT: {
    meaning: 'It is not a CloudEvents 1.0 event.',
    remedy: 'Send specversion "1.0", id, source, type, subject, time and data.',
  },
  EVENT_UNKNOWN_TYPE: {
    meaning: 'The type is none of the contract.',
    remedy: 'Use a type of the contract, or upgrade Winnow first.',
  },
  EVENT_MISSING_MEMBER: { meaning: 'A required member is missing.', remedy: 'Send the member that error-path names.' },
  EVENT_WRONG_TYPE: {
    meaning: 'A required member has another JSON type than the schema.',
    remedy: 'See event.schema.json for the member that error-path names.',
  },
  EVENT_WRONG_VALUE: {
    meaning: 'A required member has a value that the schema does not allow.',
    remedy: 'See event.schema.json for the member that error-path names.',
  },
  EVENT_STRING_TOO_LONG: {
    meaning: 'A string that says who, what or when is longer than allowed.',
    remedy: 'Shorten the member that error-path names.',
  },
  EVENT_WRONG_TIME: {
    meaning: 'The time is no RFC 3339 time.',
    remedy: 'Send a time such as 2026-11-24T04:36:51.123Z.',
  },
  EVENT_TIME_AHEAD: {
    meaning: 'The time is more than 5 minutes ahead: of the clock, or, in a file, of the events around it.',
    remedy: "Set the producer's clock.",
  },
  EVENT_TIME_BEHIND: {
    meaning: 'The time is further behind than allowed: the clock, or, in a file, the newest event before it.',
    remedy: "Set the producer's clock; where events may come later, raise events.behindMsMax. Sort a file by its time.",
  },
  EVENT_WRONG_TOPIC: {
    meaning: 'A label, a request for erasure or the verdict of a group came by another topic than its own.',
    remedy:
      'Write labels to kafka.topics.labels, and let nobody write there who may not judge accounts. Verdicts of groups are written by Winnow alone.',
  },
  LEGAL_HOLDS_FULL: {
    meaning: 'History has as many legal holds as it may, of this account or of all: it takes no more.',
    remedy: 'Lift what is over; a week later place it anew, with a new id and time. The archive has it all the same.',
  },
  EVENT_BATCH_UNREADABLE: {
    meaning: 'A batch of records cannot be read: its CRC is another, its compression unknown, or it has over 64 MiB.',
    remedy:
      'Its partition is held. Mend what wrote it; then delete the records up to its end (kafka-delete-records), or let kafka.consumer.unreadable: skip make it one dead letter.',
  },

  // Start-up: the program refuses to start or to load.
  CONFIG_INVALID: {
    meaning: 'A setting is wrong.',
    remedy: 'Mend each setting that is named; winnow check-config tries it without starting.',
  },
  CONFIG_UNREADABLE: {
    meaning: 'The configuration file cannot be read.',
    remedy: 'Check the path and that it is YAML.',
  },
  POLICY_INVALID: {
    meaning: 'The policy document has faults.',
    remedy: 'Mend each line and column that is named. A running processor keeps the policy in force.',
  },
  POLICY_UNREADABLE: {
    meaning: 'The policy document cannot be read.',
    remedy: 'Check the path. A running processor keeps the policy in force.',
  },
  POLICY_TOO_WIDE: {
    meaning: 'A rule of the policy hits more of the accounts of a sample stream than it may.',
    remedy: 'Narrow its condition, or say with --percent-max that so many are meant.',
  },
  POLICY_VERSION_TAKEN: {
    meaning: 'The policy has the version of another document.',
    remedy: 'Give it a version of its own: decisions name it. A running processor keeps the policy in force.',
  },
  BUNDLE_UNREADABLE: {
    meaning: 'A file of the model bundle cannot be read.',
    remedy: 'Check that the folder holds model.onnx, manifest.json, golden.jsonl and card.md.',
  },
  BUNDLE_INVALID: {
    meaning: 'The manifest does not fit its schema.',
    remedy: 'Make the bundle again with models/training.',
  },
  BUNDLE_HASH: {
    meaning: 'A file of the bundle is not the one that its manifest names.',
    remedy: 'Copy the bundle again; a bundle is never edited.',
  },
  BUNDLE_FEATURES: {
    meaning: 'The model wants features that this catalogue does not have.',
    remedy: 'Train with this catalogue, or run the version that has them.',
  },
  BUNDLE_DEFINITIONS: {
    meaning: 'The model learned features that are defined otherwise here, under the same names.',
    remedy: 'Train it again on a matrix of this version, or run the version that it was trained with.',
  },
  BUNDLE_SHAPE: {
    meaning: 'Inputs or outputs have other names, types or shapes than the contract.',
    remedy: 'Export features float32 [N, F] to probability float32 [N] or [N, 1].',
  },
  BUNDLE_GOLDEN: {
    meaning: 'A golden row gives another probability.',
    remedy: 'The model does not compute here what it did in training: do not ship it.',
  },
  BUNDLE_BATCH: {
    meaning: 'A row gets another probability in other company, or a second time.',
    remedy: 'Take out of the graph what looks at the whole batch or draws at random.',
  },
  BUNDLE_EDGE: {
    meaning: 'A row of missing or extreme values makes it fail, or gets no probability.',
    remedy: 'Missing values are NaN: impute and clip them within the graph.',
  },
  BUNDLE_EXPLANATION: {
    meaning: 'The contributions of features do not add up to the score.',
    remedy: 'Export the explanation of this very model, in log-odds, or leave it out.',
  },
  BUNDLE_FLAT: {
    meaning: 'It says nearly the same of all rows.',
    remedy: 'Look at how it was trained and exported: golden rows have to show low and high scores.',
  },
  BUNDLE_ORDER: {
    meaning: 'It does not rank what a proven model holds for fake above the rest.',
    remedy: 'Look at the order of its columns and at the sense of its labels: 1 is fake.',
  },
  BUNDLE_BLOCKS: {
    meaning: 'It would block most of what a proven model holds for genuine.',
    remedy: 'Calibrate it, and set thresholds in the manifest that fit its scores.',
  },
  BUNDLE_SLOW: {
    meaning: 'A row takes more processor time than it may.',
    remedy: 'Make the model smaller, or raise model.proof.rowUsMax.',
  },
  BUNDLE_TIMEOUT: {
    meaning: 'Its proof came to no end in time.',
    remedy:
      'Look for a loop in the graph; for a large model that is worth it, raise model.proof.cpuMsMax; on a busy machine, or where the message says by the clock, model.proof.timeoutMs.',
  },
  BUNDLE_MEMORY: {
    meaning: 'Its proof needs more memory than it may take.',
    remedy: 'Make the model smaller, or raise model.proof.memoryBytesMax.',
  },
  BUNDLE_CRASHED: {
    meaning: 'The process of its proof ended before it answered.',
    remedy: 'Do not ship what crashes the runtime; if it only needs memory, raise model.proof.memoryBytesMax.',
  },
  BUNDLE_VERSION_TAKEN: {
    meaning: 'The bundle has the name and version of another one.',
    remedy:
      'Make it again under a version of its own; a bundle is never edited. A running processor keeps its champion.',
  },
  NORMS_UNREADABLE: {
    meaning: 'The norms cannot be read.',
    remedy: 'Check the path; winnow calibrate makes them. A running processor keeps those in force.',
  },
  NORMS_INVALID: {
    meaning: 'The norms do not fit their schema.',
    remedy: 'Make them again with winnow calibrate; they are never edited. A running processor keeps those in force.',
  },
  NORMS_DEFINITIONS: {
    meaning: 'The norms describe features that this version does not have, or defines otherwise.',
    remedy: 'Make them again with winnow calibrate of this version. A running processor keeps those in force.',
  },
  NORMS_VERSION_TAKEN: {
    meaning: 'The norms have the version of others.',
    remedy: 'Make them again with winnow calibrate; they are never edited. A running processor keeps those in force.',
  },
  CALIBRATION_TOO_SMALL: {
    meaning: 'The events are too few to say what is usual on the platform.',
    remedy: 'Give as many events and accounts as the message says, a week or more; until then run without norms.',
  },
  LABELS_TOO_MANY: {
    meaning: 'The command would label more accounts than its limit.',
    remedy: 'Look at what it finds with --dry-run; where all of them are meant, give their number as --limit.',
  },
  DECISIONS_UNREAD: {
    meaning: 'The command did what it could, and could not read all decisions and labels.',
    remedy: 'Where a newer version wrote them, give the command again with that version.',
  },
  TRAINING_REFUSED: {
    meaning: 'No bundle was made of the answers.',
    remedy: 'Do what the message says; what serves is unchanged.',
  },
  DEPLOYMENT_INVALID: {
    meaning: 'deployment.json, or an order in its place, cannot be used.',
    remedy:
      'Mend what the message names: in the file, or by another `winnow model deploy`. A processor that runs goes on with the models that it has.',
  },
  REGISTRY_UNAVAILABLE: { meaning: 'The registry of models does not answer.', remedy: 'Check model.registry.url.' },
  REGISTRY_REFUSED: { meaning: 'The registry of models answers with nothing of use.', remedy: 'Check model.registry.' },
  SNAPSHOT_DAMAGED: {
    meaning: 'The snapshot of the history is cut short or altered.',
    remedy: 'It was set aside and history begins anew; put a whole copy in its place and start again to have it back.',
  },
  SNAPSHOT_FOREIGN: {
    meaning: 'The snapshot was made by another version or under another key secret.',
    remedy: 'It was set aside and history begins anew; start with what made it to have it back.',
  },
  SNAPSHOT_LOCKED: {
    meaning: 'Another process uses the snapshot file.',
    remedy:
      'End the other process, or wait until it has ended. Another group needs its own state.snapshotFile; members of one group share history by state.store valkey.',
  },
  SNAPSHOT_INACCESSIBLE: {
    meaning: 'The snapshot file cannot be read or written.',
    remedy: 'Check that its folder exists, the rights and the space. A running processor goes on and tries again.',
  },

  // Run time.
  MODEL_FAILED: {
    meaning: 'The model threw, timed out or gave no number.',
    remedy: 'Decisions go by rules alone; look at the log, then roll back the champion.',
  },
  STORE_UNAVAILABLE: {
    meaning: 'The feature store does not answer.',
    remedy: 'Partitions are held, then decisions degrade; bring the store back.',
  },
  CLOCK_BEHIND: {
    meaning: "The machine's clock is behind that of the brokers, or of those that write.",
    remedy: 'Set the clock of this machine: partitions and a start wait for it; start an import that it ended anew.',
  },
  PROCESSOR_AWAY: {
    meaning: 'No processor at this address could be told to drain.',
    remedy: 'Check http.host and http.port, and /readyz there: one that starts, or ends already, has nothing to drain.',
  },
  BROKER_UNREACHABLE: { meaning: 'No Kafka broker answers.', remedy: 'Check kafka.brokers and the network.' },
  BROKER_AUTHENTICATION: { meaning: 'Kafka refuses the credentials.', remedy: 'Check kafka.sasl and kafka.tls.' },
  BROKER_AUTHORIZATION: {
    meaning: 'Kafka denies an operation.',
    remedy: 'Grant the rights that it names; src/adapters/kafka/README.md lists all.',
  },
  TOPIC_MISSING: {
    meaning: 'A topic does not exist.',
    remedy: 'Create it, or start with --create-topics in development.',
  },
  TOPIC_DIVIDED: {
    meaning: 'A compacted topic has more than one partition: of two records of one key nobody knows which came later.',
    remedy:
      'Make another with one partition, write to it what holds (winnow list export, winnow governor status), and name it in kafka.topics.',
  },
  CONSUME_FAILED: {
    meaning: 'The consumer cannot go on.',
    remedy: 'Look at the log for the cause; what was not committed comes again after a restart.',
  },
  RECORD_REFUSED: {
    meaning: 'A topic does not take a record of ours, whole or shrunk.',
    remedy:
      'Nothing is lost: the partition of its event is held until the topic takes it. Mend the named setting of the topic.',
  },
  SEND_FAILED: { meaning: 'Kafka did not take records.', remedy: 'Nothing was committed; the batch is tried again.' },
  CHANGE_REFUSED: {
    meaning:
      'A record of a compacted topic, or of a file that stands for one, cannot be taken: no key, too large, or one key too many.',
    remedy:
      'What held under its key still holds. Write the record again as the message says, or remove keys that are not needed.',
  },
  LIST_ENTRY_INVALID: {
    meaning: 'A record is no entry of a list.',
    remedy: 'What held under its key still holds. Write entries with winnow list, which checks them.',
  },
  CONTROL_INVALID: {
    meaning: 'A record of the control topic is no order.',
    remedy:
      'What held under its key still holds. Write orders with winnow governor and winnow model, which check them.',
  },
  LIST_IMPORT_REFUSED: {
    meaning: 'An import of lists has lines that are refused, or would change more than its limit.',
    remedy: 'Nothing was written. Mend the lines that are named, or give a larger --limit once the changes are meant.',
  },
  ARCHIVE_UNAVAILABLE: {
    meaning: 'The archive cannot be read or written.',
    remedy: 'Check archive.file or archive.url, its rights and the space. What was not taken is read again.',
  },
  ARCHIVE_FOREIGN: {
    meaning: 'The archive was made by another version or under another secret, or is none.',
    remedy: 'Check its name. Open it with what made it, or make it anew from the topics under another name.',
  },
  ARCHIVE_DAMAGED: {
    meaning: 'The archive holds what it did not write.',
    remedy: 'Set it aside and make it anew from the topics, or restore a copy.',
  },
  ARCHIVE_RECORD_INVALID: {
    meaning: 'A record of a topic is nothing that the archive keeps.',
    remedy: 'It is counted, named in the log, and passed over; look at what wrote it.',
  },
  ACCOUNT_UNKNOWN: {
    meaning: 'The archive has nothing about the account in that time.',
    remedy:
      'Check its id and the times; what is older than archive.retentionDays is gone, and so is who was forgotten.',
  },
  EVIDENCE_INVALID: {
    meaning: 'Evidence was altered, or is not whole.',
    remedy: 'Ask for it anew: the line that is named is the first that is not as it was written.',
  },
  INPUT_UNREADABLE: {
    meaning: 'An input file cannot be read.',
    remedy: 'Check the path, and what the file holds; events are NDJSON, plain or gzip.',
  },
  LABELS_INVALID: { meaning: 'The labels file does not fit.', remedy: 'Its header is account_id,label,segment.' },
  REPORT_FACTS_MISSING: {
    meaning: 'A report needs facts that only the platform knows.',
    remedy: 'Set what is named in section reports of the configuration. Nothing was written and nothing sent.',
  },
  STATEMENTS_REFUSED: {
    meaning: 'The database of statements of reasons takes nothing from us.',
    remedy: 'Check reports.dsa.url and reports.dsa.token, then run the command again: what was sent is not sent again.',
  },
  STATEMENTS_FAULTY: {
    meaning: 'The database of statements of reasons finds faults in some of them.',
    remedy:
      'All others were sent. Mend what it names, most often a setting of reports.dsa; they are sent again by the next run.',
  },
  STATEMENTS_UNDELIVERED: {
    meaning: 'The database of statements of reasons does not answer, or takes no more.',
    remedy: 'Run the command again later: what was sent is not sent again.',
  },
  OUTPUT_UNWRITABLE: {
    meaning: 'An output file cannot be written.',
    remedy: 'Check the path, the rights and the space.',
  },
} as const satisfies Record<string, { meaning: string; remedy: string }>;
