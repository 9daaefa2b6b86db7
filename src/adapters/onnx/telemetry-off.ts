import assert from 'node:assert/strict';
import { isMainThread } from 'node:worker_threads';

/**
 * Imported before the library, for what it does: ONNX Runtime's Linux build (1.30) opens a connection to its maker at the first
 * session, and keeps a device id and a database in the home folder, unless its environment says otherwise by then. (`CI`
 * does too, so that no test in CI would see it.) A process that holds personal data calls nobody.
 *
 * The library reads the environment of the process. A worker thread has a copy, which it would not see.
 */
assert(isMainThread, 'ONNX Runtime is loaded by the main thread, where its telemetry can be turned off');
process.env['ORT_DISABLE_TELEMETRY'] = '1';
