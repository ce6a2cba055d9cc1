-- Removes the oldest entries beyond a number, or older than an age, but none that a group has not settled.
-- KEYS  stream
-- ARGV  number of entries to keep, age in ms or "", bytes to keep or ""
-- Returns  how many were removed
-- Atomic: a group could read or lose its place between looking and removing. Allowed when out of memory: it frees.

-- "<ms>-<number>" as ms and number; numbers stay text, they may have 64 bits.
local function split(id)
  return string.match(id, '^(%d+)-(%d+)$')
end

local function less(a, b)
  if #a ~= #b then
    return #a < #b
  end
  return a < b
end

local function earlier(a, b)
  local a_ms, a_number = split(a)
  local b_ms, b_number = split(b)
  if a_ms ~= b_ms then
    return less(a_ms, b_ms)
  end
  return less(a_number, b_number)
end

-- The id right after `id`.
local function next_of(id)
  local ms, number = split(id)
  local value = tonumber(number)
  if value < 9007199254740991 then
    return ms .. '-' .. string.format('%.0f', value + 1)
  end
  return string.format('%.0f', tonumber(ms) + 1) .. '-0'
end

-- The oldest id that some group still needs.
local function floor_of(stream)
  local floor = '18446744073709551615-18446744073709551615'
  for _, group in ipairs(groups_of(stream)) do
    local need = next_of(group['last-delivered-id'])
    if group['pending'] > 0 then
      need = redis.call('XPENDING', stream, group['name'])[2]
    end
    if earlier(need, floor) then
      floor = need
    end
  end
  return floor
end

local function trim(keys, args)
  local stream = keys[1]
  if redis.call('EXISTS', stream) == 0 then
    return 0
  end
  local floor = floor_of(stream)
  local removed = 0
  if args[2] ~= '' then
    local aged = string.format('%.0f-0', now_ms() - tonumber(args[2]))
    removed = redis.call('XTRIM', stream, 'MINID', '=', earlier(aged, floor) and aged or floor)
  end
  -- The bulk in whole nodes of the stream, without looking at entries; the rest one by one.
  local length, keep = redis.call('XLEN', stream), tonumber(args[1])
  if args[3] ~= '' then
    -- Redis estimates the size from a few entries; entries of one stream are much alike.
    local size = redis.call('MEMORY', 'USAGE', stream)
    keep = math.min(keep, math.floor(length * tonumber(args[3]) / math.max(size, 1)))
  end
  local surplus = length - keep
  if surplus > 100 then
    local bulk = redis.call('XTRIM', stream, 'MINID', '~', floor, 'LIMIT', surplus)
    removed = removed + bulk
    surplus = surplus - bulk
  end
  if surplus > 0 then
    local oldest = redis.call('XRANGE', stream, '-', '(' .. floor, 'COUNT', surplus > 1000 and 1000 or surplus)
    if #oldest > 0 then
      removed = removed + redis.call('XTRIM', stream, 'MINID', '=', next_of(oldest[#oldest][1]))
    end
  end
  return removed
end

-- The id right before `id`.
local function previous_of(id)
  local ms, number = split(id)
  if number ~= '0' then
    return ms .. '-' .. string.format('%.0f', tonumber(number) - 1)
  end
  return string.format('%.0f', tonumber(ms) - 1) .. '-18446744073709551615'
end

-- Removes the oldest entries beyond a number, settled or not.
-- KEYS  stream
-- ARGV  number of entries to keep
-- Returns  how many of them some group had not settled
-- Atomic: what is dropped must not stay pending. Allowed when out of memory: it frees.
local function drop(keys, args)
  local stream, keep = keys[1], tonumber(args[1])
  local surplus = redis.call('EXISTS', stream) == 1 and redis.call('XLEN', stream) - keep or 0
  if surplus <= 0 then
    return 0
  end
  local floor = floor_of(stream)
  local settled = #redis.call('XRANGE', stream, '-', '(' .. floor, 'COUNT', surplus)
  redis.call('XTRIM', stream, 'MAXLEN', '=', keep)
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  for _, group in ipairs(groups_of(stream)) do
    repeat
      local gone = redis.call('XPENDING', stream, group['name'], '-', first and '(' .. first[1] or '+', 1000)
      for _, entry in ipairs(gone) do
        redis.call('XACK', stream, group['name'], entry[1])
      end
    until #gone < 1000
    -- Entries that went unread would count as unread for ever.
    if not first or earlier(group['last-delivered-id'], first[1]) then
      local stream_now = fields_of(redis.call('XINFO', 'STREAM', stream))
      local place = first and previous_of(first[1]) or '$'
      local read = stream_now['entries-added'] - stream_now['length']
      redis.call('XGROUP', 'SETID', stream, group['name'], place, 'ENTRIESREAD', read)
    end
  end
  return surplus - settled
end

redis.register_function { function_name = NAME .. '_drop', callback = drop, flags = { 'allow-oom' } }
redis.register_function { function_name = NAME .. '_trim', callback = trim, flags = { 'allow-oom' } }
