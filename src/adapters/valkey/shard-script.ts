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
 * The answer: status (4 bytes) and former watermark (a double), then for each item, in order, length (4) and value from before.
 */
export const shardScript = `
local call, sub, concat, pack, unpack = redis.call, string.sub, table.concat, struct.pack, struct.unpack
local prefix = sub(KEYS[1], 1, -${'watermarks'.length + 1})
local field, first, last, items = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local header = sub(items, 1, 8)
local watermark = -1
if field ~= '' then watermark = tonumber(call('HGET', KEYS[1], field) or -1) end
local applies = first > watermark
if not applies and last > watermark then return pack('<I4d', 2, watermark) end

local reply, count = { pack('<I4d', applies and 1 or 0, watermark) }, 1
local at, size = 9, #items
while at <= size do
  local suffix, flags, words, new, kept, body = unpack('<c9BI2I2I2', items, at)
  at = body + words * 4
  local key = prefix .. suffix
  local held = call('GET', key) or ''
  if flags == 1 then
    -- A state that replaces itself and what of the log it was made from, if nobody else was first.
    if sub(held, 1, 4) == sub(items, body, body + 3) then
      local folded = unpack('<I4', items, body + 4)
      local value = sub(items, body + 8, at - 1) .. sub(held, folded + 1)
      -- Nothing of an entity that is forgotten stays, not even its key. (As DEL, which would be a right more for the user.)
      if #value == 8 then call('EXPIRE', key, 0) else call('SET', key, value, 'KEEPTTL') end
    end
  else
    if flags < 4 then
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
        call('EXPIRE', key, new * 86400, 'GT')
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
  /** The body is version, bytes and new state: replaces that many bytes of a value with that version. Nothing is answered. */
  replace: 1,
  /** Append only to a value that is there; answer it. */
  appendIfHeld: 2,
  /** Append only to a value that is there; answer nothing. */
  appendIfHeldQuietly: 4,
} as const;

export const itemHeaderWords = 4;
export const replyHeaderWords = 3;

/** First word of the answer. */
export const replyStatus = { read: 0, applied: 1, split: 2 } as const;
