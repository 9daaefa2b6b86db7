import { FailureError } from '../../domain/failure.ts';
import { readLines } from './records.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The lines of a file of UTF-8 text. Throws `FailureError` `INPUT_UNREADABLE` with the line that is none. */
export async function* readTextLines(path: string): AsyncGenerator<string> {
  let number = 0;
  for await (const bytes of readLines(path)) {
    number++;
    yield decode(bytes, path, number);
  }
}

function decode(bytes: Uint8Array, path: string, line: number): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    const message =
      'it is not UTF-8, as old spreadsheets save. Save it as "CSV UTF-8", or convert it: iconv -f WINDOWS-1252 -t UTF-8.';
    throw new FailureError({ code: 'INPUT_UNREADABLE', message, path: `${path}:${line}` }, { cause: error });
  }
}
