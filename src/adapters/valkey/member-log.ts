import { randomInt } from 'node:crypto';
import type { MemberLog, MemberLogAnswer, MemberLogCall } from '../../domain/member-log.ts';
import { Connection } from './connection.ts';
import { memberLogKey } from './keys.ts';
import { Script } from './script.ts';
import type { ValkeyLogger, ValkeySettings } from './settings.ts';

/** Days after which a log that nobody calls is gone: longer than what its readers look back. */
export const memberLogDays = 9;
/** Entries of one answer: who has missed more reads on with the next call. */
const entriesMax = 2_000;
/** Entries that no sum stands for; the oldest go, should nobody give one. */
const unsummedMax = 20_000;

/**
 * KEYS[1] the log, one hash: `birth`, `last` (number of the last entry), `sum` and `at` (the entry up to which it stands), and each
 *   entry after that under its number. One key is in one slot of a cluster, and needs no right that history does not have.
 * ARGV[1] birth of the log that was read, ARGV[2] number of the entry that was read last, ARGV[3] a birth for a new log,
 * ARGV[4] an entry, or empty; ARGV[5] the entry up to which ARGV[6], a sum, stands; 0 for none
 *
 * The answer: birth, number of the last entry that it has, entries without a sum, the sum or empty, entries.
 */
const script = new Script(`
local call, key = redis.call, KEYS[1]
local function read(field)
  local value = redis.pcall('HGET', key, field)
  return type(value) == 'string' and value or ''
end
local birth, last, at = read('birth'), tonumber(read('last')), tonumber(read('at'))
-- What Winnow cannot have written makes way.
if birth == '' or not last or not at or at > last then
  call('EXPIRE', key, 0)
  birth, last, at = ARGV[3], 0, 0
  call('HSET', key, 'birth', birth, 'last', last, 'at', at)
end
if ARGV[4] ~= '' then
  last = last + 1
  call('HSET', key, 'last', last, last, ARGV[4])
end
local isKnown, readTo, former = birth == ARGV[1], tonumber(ARGV[2]), at
local upTo = tonumber(ARGV[5])
if isKnown and upTo > at and upTo <= last then
  at = upTo
  call('HSET', key, 'sum', ARGV[6], 'at', at)
elseif last - at > ${unsummedMax} then
  at = last - ${unsummedMax}
  call('HSET', key, 'at', at)
end
for number = former + 1, at do call('HDEL', key, number) end
call('EXPIRE', key, ${memberLogDays * 86_400})
if not isKnown then readTo = 0 end
local answer = { birth, '', tostring(last - at), '' }
if readTo < at then
  answer[4], readTo = read('sum'), at
end
last = math.min(last, readTo + ${entriesMax})
for number = readTo + 1, last do answer[#answer + 1] = read(number) end
answer[2] = tostring(last)
return answer
`);

/** The log of a group in Valkey, on the connection of its history. */
export class ValkeyMemberLog implements MemberLog {
  readonly #connection: Connection;
  readonly #key: string;

  /** @param key of the log, with a hash tag of its own. */
  constructor(connection: Connection, key: string) {
    this.#connection = connection;
    this.#key = key;
  }

  async exchange({ birth, readTo, entry = '', sum }: MemberLogCall): Promise<MemberLogAnswer> {
    const known = [String(birth), String(readTo), String(randomInt(1, 2 ** 47)), entry];
    const answer = await this.#connection.run(script, this.#key, [...known, String(sum?.at ?? 0), sum?.text ?? '']);
    const [itsBirth, last, unsummed, itsSum, ...entries] = (answer as Buffer[]).map(String);
    return {
      birth: Number(itsBirth),
      readTo: Number(last),
      unsummed: Number(unsummed),
      ...(itsSum === '' ? {} : { sum: itsSum! }),
      entries,
    };
  }
}

/** A log on a connection of its own, for who has no history beside it, and who takes it away again. */
export function openMemberLog(
  settings: ValkeySettings,
  log: ValkeyLogger,
): { readonly memberLog: MemberLog; readonly remove: () => Promise<void> } {
  const connection = new Connection(settings, log);
  const key = memberLogKey(settings);
  return {
    memberLog: new ValkeyMemberLog(connection, key),
    remove: async () => {
      await connection.run(removal, key, []);
      await connection.close();
    },
  };
}

const removal = new Script("return redis.call('EXPIRE', KEYS[1], 0)");
