import type { HoldWord } from '../../domain/legal-hold.ts';
import {
  holdRoom,
  holdWordMarks,
  holdWordText,
  readHoldWord,
  roomFor,
  type HoldRoom,
} from '../../history/hold-words.ts';
import type { LegalHolds, WaitingAccount } from '../../ports.ts';
import type { Connection } from './connection.ts';
import { holdsPrefix } from './keys.ts';
import { Script } from './script.ts';
import type { ValkeySettings } from './settings.ts';

/**
 * KEYS[1] the beginning of two keys, which share its hash tag. Neither ends by itself: nobody may lose a hold to a full memory.
 *   words    hash: by account, its words as texts, a semicolon between two; and under the empty name how many accounts and words there are
 *   waiting  hash: by account with a request among its words, a partition
 * ARGV[1] what is to be done, ARGV[2] an account, and
 *
 *   of                             answers its words
 *   add text partition accounts words all   adds a word, unless there is no room. Answers 1, or 0 where there is none
 *   remove text...                 takes words away. Answers 1
 *   waiting                        answers all accounts that wait, each with its partition
 *   accounts                       answers all accounts
 */
const script = new Script(`
local call = redis.call
local words, waiting = KEYS[1] .. 'words', KEYS[1] .. 'waiting'
local what, account = ARGV[1], ARGV[2]
if what == 'waiting' then return call('HGETALL', waiting) end
if what == 'accounts' then
  local accounts = {}
  for _, field in ipairs(call('HKEYS', words)) do
    if field ~= '' then accounts[#accounts + 1] = field end
  end
  return accounts
end
local former = call('HGET', words, account) or ''
if what == 'of' then return former end
local texts = {}
for text in string.gmatch(former, '[^;]+') do texts[#texts + 1] = text end
local counted = string.gmatch(call('HGET', words, '') or '', '%d+')
local accounts, all = tonumber(counted() or 0), tonumber(counted() or 0)
local function count(more, moreWords)
  call('HSET', words, '', math.max(0, accounts + more) .. ' ' .. math.max(0, all + moreWords))
end
if what == 'add' then
  for _, text in ipairs(texts) do
    if text == ARGV[3] then return 1 end
  end
  if #texts == 0 and accounts >= tonumber(ARGV[5]) then return 0 end
  if #texts >= tonumber(ARGV[6]) or all >= tonumber(ARGV[7]) then return 0 end
  count(#texts == 0 and 1 or 0, 1)
  texts[#texts + 1] = ARGV[3]
  call('HSET', words, account, table.concat(texts, ';'))
  if string.sub(ARGV[3], 1, 1) == '${holdWordMarks['account.erasure_requested']}' then
    call('HSET', waiting, account, ARGV[4])
  end
  return 1
end
local gone, left, isAsked = {}, {}, false
for index = 3, #ARGV do gone[ARGV[index]] = true end
for _, text in ipairs(texts) do
  if not gone[text] then
    left[#left + 1] = text
    isAsked = isAsked or string.sub(text, 1, 1) == '${holdWordMarks['account.erasure_requested']}'
  end
end
if not isAsked then call('HDEL', waiting, account) end
if #left > 0 then
  call('HSET', words, account, table.concat(left, ';'))
  count(0, #left - #texts)
elseif #texts > 0 then
  call('HDEL', words, account)
  count(-1, -#texts)
end
return 1
`);

/** Legal holds in Valkey, shared by all processes, on the connection of the history. They are few, and a call is one round trip. */
export class ValkeyLegalHolds implements LegalHolds {
  readonly #connection: Connection;
  readonly #prefix: string;
  readonly #room: HoldRoom;

  /** @param connection of the history, which closes it. */
  constructor(connection: Connection, settings: Pick<ValkeySettings, 'keyPrefix'>, room: Partial<HoldRoom> = {}) {
    this.#connection = connection;
    this.#prefix = holdsPrefix(settings);
    this.#room = { ...holdRoom, ...room };
  }

  async of(account: string): Promise<readonly HoldWord[]> {
    const text = String(await this.#run('of', account));
    return text === '' ? [] : text.split(';').map(readHoldWord);
  }

  async add(account: string, word: HoldWord, partition: number): Promise<boolean> {
    const { accountsMax, wordsMax, allWordsMax } = roomFor(word, this.#room);
    const room = [accountsMax, wordsMax, allWordsMax].map(String);
    return (await this.#run('add', account, holdWordText(word), String(partition), ...room)) === 1;
  }

  async remove(account: string, words: readonly HoldWord[]): Promise<void> {
    await this.#run('remove', account, ...words.map(holdWordText));
  }

  async waiting(): Promise<readonly WaitingAccount[]> {
    const fields = ((await this.#run('waiting')) as readonly Buffer[]).map(String);
    return Array.from({ length: fields.length / 2 }, (_, index) => ({
      account: fields[2 * index]!,
      partition: Number(fields[2 * index + 1]),
    }));
  }

  async accounts(): Promise<readonly string[]> {
    return ((await this.#run('accounts')) as readonly Buffer[]).map(String);
  }

  #run(...args: readonly string[]): Promise<unknown> {
    return this.#connection.run(script, this.#prefix, args);
  }
}
