-- Appends bodies to a stream, each once for its producer and sequence.
-- KEYS  stream, hash of producers (producer -> "<highest sequence> <ms of last use>"), lease or none
-- ARGV  producer, sequence of the first body, producers kept, ms of silence, limit of producers, epoch of the lease,
--       group that they are meant for or "", bodies …
-- Returns  { most messages a group has still to settle, id or "" for each body }, or { -1 } when the lease is in
--       another epoch
-- Atomic: the high-water mark and the entries must be of one mind, or a repeated publish would append again.
-- Refused when Redis is out of memory, before any effect.

-- Forgets producers that were silent too long, and the longest silent ones beyond the limit.
local function forget_silent(producers, now, silent, limit)
  local all = redis.call('HGETALL', producers)
  local marks = {}
  for i = 1, #all, 2 do
    marks[#marks + 1] = { all[i], tonumber(string.match(all[i + 1], ' (%d+)$')) or 0 }
  end
  table.sort(marks, function(a, b) return a[2] < b[2] end)
  for i, mark in ipairs(marks) do
    if #marks - i < limit and mark[2] > now - silent then
      break
    end
    redis.call('HDEL', producers, mark[1])
  end
end

local function publish(keys, args)
  local stream, producers = keys[1], keys[2]
  local producer, sequence = args[1], tonumber(args[2])
  local refusal = wrong_type(stream, 'stream') or wrong_type(producers, 'hash')
  if refusal then
    return refusal
  end
  if keys[3] and redis.call('HGET', keys[3], 'epoch') ~= args[6] then
    return { -1 }
  end
  local mark = redis.call('HGET', producers, producer)
  local high = mark and tonumber(string.match(mark, '^%d+')) or -1
  local result = { 0 }
  for i = 8, #args do
    local id = ''
    if sequence + i - 8 > high then
      id = append(stream, args[i], args[7])
    end
    result[#result + 1] = id
  end
  local last = sequence + #args - 8
  if #args > 7 and last > high then
    local now = now_ms()
    redis.call('HSET', producers, producer, string.format('%.0f %.0f', last, now))
    if not mark and redis.call('HLEN', producers) > tonumber(args[3]) then
      forget_silent(producers, now, tonumber(args[4]), tonumber(args[5]))
    end
  end
  for _, group in ipairs(groups_of(stream)) do
    result[1] = math.max(result[1], lag_of(stream, group) + group['pending'])
  end
  return result
end

redis.register_function { function_name = NAME .. '_publish', callback = publish }
