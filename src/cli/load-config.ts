import { configFileBytesMax } from '../config/document.ts';
import type { ConfigFile } from '../config/document.ts';
import type { Environment } from '../config/environment.ts';
import { describeFault } from '../config/fault.ts';
import { loadConfig } from '../config/load.ts';
import type { Config, SettingPath } from '../config/schema.ts';
import { FailureError } from '../domain/failure.ts';
import { readSmallFile } from '../net/small-file.ts';

const secretFileBytesMax = 64 * 1024;

/**
 * The configuration of a command: the file, when one is named, under the environment.
 *
 * @throws FailureError `CONFIG_UNREADABLE`, or `CONFIG_INVALID` with one line a fault.
 */
export function loadConfigOf(
  path: string | undefined,
  environment: Environment,
  required: readonly SettingPath[],
): Config {
  const loaded = loadConfig({
    // An empty WINNOW_CONFIG is as good as none, like every other variable.
    ...(path && { file: readConfigFile(path) }),
    environment,
    readSecretFile: (secretPath) => readText(secretPath, secretFileBytesMax),
    required,
  });
  if (loaded.ok) return loaded.value;
  const faults = loaded.failure.map((fault) => `\n  ${describeFault(fault)}`);
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  throw new FailureError({ code: 'CONFIG_INVALID', message: `${count} in the configuration.${faults.join('')}\n` });
}

function readConfigFile(path: string): ConfigFile {
  try {
    return { name: path, text: readText(path, configFileBytesMax) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FailureError({ code: 'CONFIG_UNREADABLE', message: `${reason}.`, path }, { cause: error });
  }
}

/** Reads UTF-8 text of bounded size. */
function readText(path: string, bytesMax: number): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(readSmallFile(path, bytesMax));
}
