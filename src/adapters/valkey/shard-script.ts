import { watermarksName } from './keys.ts';

/** A value that is longer is nothing that Winnow wrote: no log grows to this between two new states. Bytes. */
const valueBytesMax = 16 * 2 ** 20;

/** In the place of a value's length: what was there could not be a value, and is gone. */
export const damagedLength = 0xffff_ffff;

/**
 * The one program that runs inside Valkey. It knows entities as keys with a value of bytes, and nothing of what the bytes say.
 *
 * KEYS[1] the shard's watermarks, a hash. Entity keys have the same beginning and so the same hash tag and the same slot.
 * ARGV[1] field of the watermark: `accounts`, `entities` or `settled`, topic and partition; empty for calls that none guards
 * ARGV[2] first, ARGV[3] last offset of what is to be appended
 * ARGV[4] the header of a new entity's value (8 bytes), then items: key (9), flags (1), words of the body (2), days to live
 *   of a new entity (2) and of one that is held (2; `longerExpiry`: what is left, or the former number where that is more), body
 *
 * All of it is appended, or nothing: when the watermark is at or above `last`, this was done before, and the script only reads;
 * when it is in between, the script does nothing and says so, and the caller splits the batch there.
 *
 * The field `birth` of the watermarks is a number that the first call which appends gives the shard: another one, or none, says that the
 * shard was emptied.
 *
 * What Winnow cannot have written (a key of another type, a watermark that is no offset, a value that is not of whole words, or of
 * too many) counts as nothing, makes way, and is said; what is wrong within a value is the client's to find.
 *
 * The answer: status (4 bytes), former watermark (a double) and the shard's birth (4), then for each item, in order, length (4;
 * `damagedLength`) and value from before.
 */
export const shardScript = `
local call, try, sub, concat, pack, unpack = redis.call, redis.pcall, string.sub, table.concat, struct.pack, struct.unpack
local prefix = sub(KEYS[1], 1, -${watermarksName.length + 1})
local field, first, last, items = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local header = sub(items, 1, 8)

-- What a command answers; false where there is nothing, and 'other' for a key of another type.
local function read(...)
  local answer = try(...)
  if type(answer) ~= 'table' then return answer end
  if sub(answer.err, 1, 9) ~= 'WRONGTYPE' then error(answer) end
  return 'other'
end
-- As DEL, which would be a right more for the user.
local function remove(key) call('EXPIRE', key, 0) end

local watermark, damage = -1, 0
local birth = read('HGET', KEYS[1], 'birth')
if birth == 'other' then
  remove(KEYS[1])
  birth, damage = false, 4
end
birth = tonumber(birth or 0) or 0
if field ~= '' then
  local said = read('HGET', KEYS[1], field) or -1
  watermark = tonumber(said)
  if not watermark or watermark < -1 or watermark > 9007199254740991 or watermark % 1 ~= 0 then
    watermark, damage = -1, 4
  end
end
local applies = first > watermark
if not applies and last > watermark then return pack('<I4dI4', 2 + damage, watermark, birth) end
if applies and field ~= '' and birth == 0 then
  birth = unpack('<I4', items)
  call('HSET', KEYS[1], 'birth', birth)
end

local reply, count = { pack('<I4dI4', (applies and 1 or 0) + damage, watermark, birth) }, 1
local at, size = 9, #items
while at <= size do
  local suffix, flags, words, new, kept, body = unpack('<c9BI2I2I2', items, at)
  at = body + words * 4
  local key = prefix .. suffix
  local held = read('GET', key) or ''
  local whole = held == '' or #held >= 8 and #held <= ${valueBytesMax} and #held % 4 == 0
  if flags == 1 then
    -- A state that replaces itself and what of the log it was made from, if nobody else was first.
    local folded = unpack('<I4', items, body + 4)
    if sub(held, 1, 4) == sub(items, body, body + 3) and sub(held, folded - 7, folded) == sub(items, body + 8, body + 15) then
      local value = sub(items, body + 16, at - 1) .. sub(held, folded + 1)
      -- Nothing of an entity that is forgotten stays, not even its key.
      if #value == 8 then remove(key) else call('SET', key, value, 'KEEPTTL') end
    end
  elseif whole or flags < 4 then
    if not whole then
      remove(key)
      reply[count + 1], held, count = pack('<I4', ${damagedLength}), '', count + 1
    elseif flags < 4 then
      reply[count + 1], reply[count + 2], count = pack('<I4', #held), held, count + 2
    end
    if applies and words > 0 and (flags == 0 or held ~= '') then
      local added = sub(items, body, at - 1)
      if held == '' then
        call('SET', key, header .. added, 'EX', new * 86400)
      elseif kept > 0 then
        call('SET', key, held .. added, 'EX', kept * 86400)
      else
        call('SET', key, held .. added, 'KEEPTTL')
        -- One that another wrote may have none, which counts as endless.
        if call('EXPIRE', key, new * 86400, 'GT') == 0 then call('EXPIRE', key, new * 86400, 'NX') end
      end
    end
  end
end
if applies and field ~= '' then call('HSET', KEYS[1], field, ARGV[3]) end
return concat(reply)
`;

/** In the place of an item's days for an entity that is held: its touch does not make it worth more. */
export const longerExpiry = 0;

/** Flags of an item. */
export const itemFlags = {
  /** Answer the value and append the body. */
  append: 0,
  /** The body is a mark (`value-mark.ts`) and a new state, which replaces what the mark is of. Nothing is answered. */
  replace: 1,
  /** Append only to a value that is there; answer it. */
  appendIfHeld: 2,
  /** Append only to a value that is there; answer nothing. */
  appendIfHeldQuietly: 4,
} as const;

export const itemHeaderWords = 4;

/** Words of the answer before its items: status, watermark, birth. */
export const replyHeaderWords = 4;
export const replyBirthAt = 3;

/** First word of the answer. `watermarkDamaged` is added where the watermark, or the key of all of them, was not Winnow's. */
export const replyStatus = { read: 0, applied: 1, split: 2 } as const;
export const watermarkDamaged = 4;
