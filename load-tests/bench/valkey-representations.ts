import { createHash } from 'node:crypto';
import type { Client } from './valkey-memory.ts';

/**
 * Three ways to keep an entity in Valkey, each as one script over the same touches of addresses: what one touch costs the server.
 * An address counts signups in three windows and failures in one, and different accounts in three and devices in one.
 */
export interface Representation {
  readonly name: string;
  readonly usPerTouch: number;
  readonly bytesPerEntity: number;
}

const entities = 500;
const touchesPerEntity = 20;
/** Touches that one call takes along, as a shard's call does. */
const touchesPerCall = 100;

/** Every script gets keys of its own: ARGV[1] a prefix, ARGV[2] the time (s), then the touched entities. Answers something to read. */
const scripts: Readonly<Record<string, string>> = {
  'state and log, worked out by the client': `
    local reply = {}
    for index = 3, #ARGV do
      local key = ARGV[1] .. ARGV[index]
      local held = redis.call('GET', key) or ''
      reply[#reply + 1] = held
      -- Every tenth touch finds a log of ten records, and makes a state of it.
      if #held > 440 then held = string.sub(held, 1, 200) end
      redis.call('SET', key, held .. struct.pack('<I4I4I4I4I4I4', 1, ARGV[2], index, index, index, 0), 'EX', 86400)
    end
    return table.concat(reply)`,
  'one string, worked out in the script': `
    local widths, kept, read = { 120, 600, 7200, 600 }, { 13, 8, 13, 8 }, { 5, 6, 12, 6 }
    local spans = { { 600, 3600, 86400 }, { 86400 } }
    local now, reply = tonumber(ARGV[2]), {}
    for index = 3, #ARGV do
      local key = ARGV[1] .. ARGV[index]
      local held = redis.call('GET', key)
      local state = held and cmsgpack.unpack(held) or { {}, {}, {}, {}, {}, {}, now, now, 0, 0, 0 }
      local out = {}
      for window = 1, 4 do
        -- Pairs of bucket and count; old ones go.
        local pairs_, bucket, sum, fresh = state[window], math.floor(now / widths[window]), 0, {}
        local found = false
        for at = 1, #pairs_, 2 do
          local each, count = pairs_[at], pairs_[at + 1]
          if each == bucket then count, found = count + 1, true end
          if each > bucket - kept[window] then fresh[#fresh + 1] = each fresh[#fresh + 1] = count end
          if each > bucket - read[window] and each <= bucket then sum = sum + count end
        end
        if not found then fresh[#fresh + 1] = bucket fresh[#fresh + 1] = 1 sum = sum + 1 end
        state[window], out[#out + 1] = fresh, sum
      end
      for counter = 1, 2 do
        local seen, element, found = state[4 + counter], (index * 7919) % 40, false
        for at = 1, #seen, 2 do if seen[at] == element then seen[at + 1] = now found = true end end
        if not found and #seen < 64 then seen[#seen + 1] = element seen[#seen + 1] = now end
        for _, span in ipairs(spans[counter]) do
          local inside = 0
          for at = 2, #seen, 2 do if seen[at] > now - span and seen[at] <= now then inside = inside + 1 end end
          out[#out + 1] = inside
        end
      end
      local gap = now - state[8]
      state[9] = state[9] + 1
      local deviation = gap - state[10]
      state[10] = state[10] + deviation / state[9]
      state[11] = state[11] + deviation * (gap - state[10])
      state[8] = now
      out[9], out[10], out[11], out[12] = now - state[7], gap, state[10], state[11]
      redis.call('SET', key, cmsgpack.pack(state), 'EX', 86400)
      reply[#reply + 1] = struct.pack('<dddddddddddd', unpack(out))
    end
    return table.concat(reply)`,
  'a hash, a field a bucket': `
    local widths, kept, read = { 120, 600, 7200, 600 }, { 13, 8, 13, 8 }, { 5, 6, 12, 6 }
    local now, reply = tonumber(ARGV[2]), {}
    for index = 3, #ARGV do
      local key = ARGV[1] .. ARGV[index]
      for window = 1, 4 do
        local bucket = math.floor(now / widths[window])
        local slot = window .. ':' .. bucket % kept[window]
        -- A field says which bucket it is, since its place is used again.
        local former = redis.call('HGET', key, slot)
        local count = 1
        if former then
          local each, number = struct.unpack('<I4I4', former)
          if each == bucket then count = number + 1 end
        end
        redis.call('HSET', key, slot, struct.pack('<I4I4', bucket, count))
        local fields = {}
        for back = 0, read[window] - 1 do fields[#fields + 1] = window .. ':' .. (bucket - back) % kept[window] end
        local sum = 0
        for _, value in ipairs(redis.call('HMGET', key, unpack(fields))) do
          if value then
            local each, number = struct.unpack('<I4I4', value)
            if each > bucket - read[window] and each <= bucket then sum = sum + number end
          end
        end
        reply[#reply + 1] = sum
      end
      redis.call('ZADD', key .. ':a', now, (index * 7919) % 40)
      redis.call('ZADD', key .. ':d', now, (index * 7919) % 40)
      reply[#reply + 1] = redis.call('ZCOUNT', key .. ':a', '(' .. now - 600, now)
      reply[#reply + 1] = redis.call('ZCOUNT', key .. ':a', '(' .. now - 3600, now)
      reply[#reply + 1] = redis.call('ZCOUNT', key .. ':a', '(' .. now - 86400, now)
      reply[#reply + 1] = redis.call('ZCOUNT', key .. ':d', '(' .. now - 86400, now)
      for _, each in ipairs({ key, key .. ':a', key .. ':d' }) do redis.call('EXPIRE', each, 86400) end
    end
    return table.concat(reply, ' ')`,
};

export async function measureRepresentations(client: Client): Promise<readonly Representation[]> {
  const measured: Representation[] = [];
  for (const [name, script] of Object.entries(scripts)) {
    const prefix = createHash('sha1').update(name).digest('hex').slice(0, 4);
    const sha1 = await client.scriptLoad(script);
    const before = await usedBytes(client);
    await client.sendCommand(['CONFIG', 'RESETSTAT']);
    let touches = 0;
    for (let touch = 0; touch < touchesPerEntity; touch++) {
      for (let from = 0; from < entities; from += touchesPerCall) {
        const touched = Array.from({ length: touchesPerCall }, (_, index) => String(from + index));
        // A touch every quarter of an hour.
        await client.sendCommand(['EVALSHA', sha1, '0', prefix, String(1_790_000_000 + touch * 900), ...touched]);
        touches += touched.length;
      }
    }
    const usec = Number(/cmdstat_evalsha:calls=\d+,usec=(\d+)/.exec(await client.info('commandstats'))?.[1]);
    const bytes = (await usedBytes(client)) - before;
    measured.push({ name, usPerTouch: usec / touches, bytesPerEntity: bytes / entities });
    await client.flushDb('SYNC');
  }
  return measured;
}

async function usedBytes(client: Client): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]);
}
