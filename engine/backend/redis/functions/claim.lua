-- Takes over pending entries of the consumers with a prefix, and removes those that hold nothing more.
-- KEYS  stream
-- ARGV  group, consumer that takes over, prefix of the others or "" for all of them, limit, number of owners from which
--       on an entry comes alone or ""
-- Returns  { id, count before, fields … } for each entry taken
-- Atomic: a consumer may only be removed while it holds nothing, or its entries would be lost to everybody.
-- The count goes up by one for each entry: it counts owners. Allowed when out of memory.

-- What is taken: at most `limit` entries, nothing behind an entry that comes alone, and nothing before it with it.
local function new_catch(keys, args)
  local limit, alone = tonumber(args[4]), tonumber(args[5])
  return { stream = keys[1], group = args[1], me = args[2], limit = limit, alone = alone, taken = {} }
end

local function is_full(catch)
  return catch.done or #catch.taken >= catch.limit
end

-- Takes one entry, as XPENDING tells it, if it may come with what was taken already.
local function take(catch, entry)
  local alone = catch.alone and entry[4] % FAILURE >= catch.alone
  if not (alone and #catch.taken > 0) then
    hand_over(catch.stream, catch.group, catch.me, { entry }, catch.taken)
  end
  catch.done = alone and #catch.taken > 0
end

local function forget_if_idle(catch, consumer)
  if #redis.call('XPENDING', catch.stream, catch.group, '-', '+', 1, consumer) == 0 then
    redis.call('XGROUP', 'DELCONSUMER', catch.stream, catch.group, consumer)
  end
end

local function others_of(catch)
  local names = {}
  for _, reply in ipairs(redis.call('XINFO', 'CONSUMERS', catch.stream, catch.group)) do
    local name = fields_of(reply)['name']
    if name ~= catch.me then
      names[#names + 1] = name
    end
  end
  return names
end

-- From whomever, what was put aside too, the oldest first: take_due finds that it is held, and forgets when it was due.
local function claim_from_all(catch)
  local after = '-'
  repeat
    local entries = redis.call('XPENDING', catch.stream, catch.group, after, '+', 100)
    for _, entry in ipairs(entries) do
      if entry[2] ~= catch.me and not is_full(catch) then
        take(catch, entry)
      end
      after = '(' .. entry[1]
    end
  until #entries < 100 or is_full(catch)
  if #catch.taken == 0 then
    for _, name in ipairs(others_of(catch)) do
      forget_if_idle(catch, name)
    end
  end
  return catch.taken
end

local function claim_from(catch, prefix)
  for _, name in ipairs(others_of(catch)) do
    if string.sub(name, 1, #prefix) == prefix then
      local entries
      repeat
        local left = catch.limit - #catch.taken
        entries = is_full(catch) and {} or redis.call('XPENDING', catch.stream, catch.group, '-', '+', left, name)
        for _, entry in ipairs(entries) do
          if not is_full(catch) then
            take(catch, entry)
          end
        end
      until #entries == 0
      forget_if_idle(catch, name)
    end
  end
  return catch.taken
end

local function claim_from(catch, prefix)
  for _, name in ipairs(others_of(catch)) do
    if string.sub(name, 1, #prefix) == prefix then
      if not is_full(catch) then
        local left = catch.limit - #catch.taken
        for _, entry in ipairs(redis.call('XPENDING', catch.stream, catch.group, '-', '+', left, name)) do
          if not is_full(catch) then
            take(catch, entry)
          end
        end
      end
      forget_if_idle(catch, name)
    end
  end
  return catch.taken
end

local function claim(keys, args)
  local catch, prefix = new_catch(keys, args), args[3]
  if prefix == '' then
    return claim_from_all(catch)
  end
  return claim_from(catch, prefix)
end

redis.register_function { function_name = NAME .. '_claim', callback = claim, flags = { 'allow-oom' } }
