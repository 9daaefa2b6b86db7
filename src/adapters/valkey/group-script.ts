import { valuesPerMemberMax } from '../../domain/group-member.ts';
import { holdersBoundMax } from '../../domain/group-terms.ts';
import { Script } from './script.ts';

/** The field of a value that is common: it has no holders any more. */
export const commonField = '!';

/** Begins the fields of an account that are its values. */
export const valueMark = 'v';
/** Begins the fields that say what groups said of it. */
export const toldMark = 't';

/** What it answers to one step. */
export type GroupReply = readonly Buffer[] | number;

/**
 * The program for what accounts have in common. Accounts and values are hashes; it knows how their fields are merged, and not what they
 * say. All that it does may be done again.
 *
 * KEYS[1] the beginning of all keys of the shard, which has their hash tag. ARGV: steps, each a letter, the rest of a key, and
 *
 *   m seconds creates epoch count (how field value)*count   merges into an account: `<` the smaller number, `>` the larger, `=` the new one,
 *                       `+` the new one unless the account has as many values as it may. One that is not there comes to be where `creates` is
 *                       1, is kept for so many seconds and is counted in the epoch. Answers all fields and their values; none
 *                       where there is no account
 *   j seconds account   adds an account to a value, unless it has as many as can be told apart. Answers all fields and their values
 *   r                   answers all fields and their values
 *   c                   answers the number of accounts of a value; -1 where it is common
 *   t field value       sets a field of an account that is there. Answers 0
 *   x                   makes a value common that is there. Answers 0
 *   l account           takes an account out of a value. Answers 0
 *   d                   deletes a key. Answers 0
 *   p                   answers how many accounts an epoch has
 *
 * The answer: one for each step. A key of another type, which Winnow cannot have written, makes way.
 */
export const groupScript = new Script(`
local call, try, sub = redis.call, redis.pcall, string.sub
local prefix = KEYS[1]
local at = 1
local function take()
  at = at + 1
  return ARGV[at - 1]
end
-- As DEL, which would be a right more for the user.
local function remove(key) call('EXPIRE', key, 0) end
local function fieldsOf(key)
  local fields = try('HGETALL', key)
  if not fields.err then return fields end
  if sub(fields.err, 1, 9) ~= 'WRONGTYPE' then error(fields) end
  remove(key)
  return {}
end
local function keep(key, seconds)
  call('EXPIRE', key, seconds, 'NX')
  call('EXPIRE', key, seconds, 'GT')
end

local steps = {}
function steps.m(key)
  local seconds, creates, epoch, count = take(), take() == '1', prefix .. take(), tonumber(take())
  local fields, held, values = fieldsOf(key), {}, 0
  for index = 1, #fields, 2 do
    held[fields[index]] = fields[index + 1]
    if sub(fields[index], 1, 1) == '${valueMark}' then values = values + 1 end
  end
  local isThere, news = #fields > 0, {}
  for _ = 1, count do
    local how, field, value = take(), take(), take()
    local former = held[field]
    local isNew = how == '=' and former ~= value
      or how == '<' and tonumber(value) < (tonumber(former or '') or math.huge)
      or how == '>' and tonumber(value) > (tonumber(former or '') or -math.huge)
    if how == '+' and not former and values < ${valuesPerMemberMax} then
      isNew, values = true, values + 1
    end
    if isNew then
      news[#news + 1], news[#news + 2] = field, value
      held[field] = value
    end
  end
  if not isThere and not creates then return {} end
  if #news > 0 then call('HSET', key, unpack(news)) end
  if creates then keep(key, seconds) end
  if not isThere then
    fieldsOf(epoch)
    call('HSET', epoch, 'accounts', (tonumber(call('HGET', epoch, 'accounts') or 0) or 0) + 1)
    keep(epoch, seconds)
  end
  return call('HGETALL', key)
end
function steps.j(key)
  local seconds, account = take(), take()
  local fields = fieldsOf(key)
  if fields[1] == '${commonField}' then return fields end
  if #fields / 2 <= ${holdersBoundMax} then
    call('HSET', key, account, '')
    keep(key, seconds)
    return call('HGETALL', key)
  end
  return fields
end
steps.r = fieldsOf
function steps.c(key)
  local fields = fieldsOf(key)
  return fields[1] == '${commonField}' and -1 or #fields / 2
end
function steps.t(key)
  local field, value = take(), take()
  if #fieldsOf(key) > 0 then call('HSET', key, field, value) end
  return 0
end
function steps.x(key)
  local fields = fieldsOf(key)
  if #fields > 0 then
    -- First, so that the key does not end in between, and with it its time.
    call('HSET', key, '${commonField}', '')
    for index = 1, #fields, 2 do
      if fields[index] ~= '${commonField}' then call('HDEL', key, fields[index]) end
    end
  end
  return 0
end
function steps.l(key)
  local account = take()
  if #fieldsOf(key) > 0 then call('HDEL', key, account) end
  return 0
end
function steps.d(key)
  remove(key)
  return 0
end
function steps.p(key)
  local fields = fieldsOf(key)
  return tonumber(fields[2] or 0) or 0
end

local replies = {}
while at <= #ARGV do
  local step = steps[take()]
  replies[#replies + 1] = step(prefix .. take())
end
return replies
`);
