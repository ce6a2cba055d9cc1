-- Takes over pending entries of the consumers with a prefix, and removes those that hold nothing more.
-- KEYS  stream
-- ARGV  group, consumer that takes over, prefix of the others or "" for all of them, limit
-- Returns  { id, count before, fields … } for each entry taken
-- Atomic: a consumer may only be removed while it holds nothing, or its entries would be lost to everybody.
-- The count goes up by one for each entry: it counts owners. Allowed when out of memory.

local function others_of(stream, group, me)
  local names = {}
  for _, reply in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
    local name = fields_of(reply)['name']
    if name ~= me then
      names[#names + 1] = name
    end
  end
  return names
end

local function forget_if_idle(stream, group, consumer)
  if #redis.call('XPENDING', stream, group, '-', '+', 1, consumer) == 0 then
    redis.call('XGROUP', 'DELCONSUMER', stream, group, consumer)
  end
end

-- From whomever, what was put aside too, the oldest first: take_due finds that it is held, and forgets when it was due.
local function claim_from_all(stream, group, me, limit)
  local taken, after = {}, '-'
  repeat
    local entries = redis.call('XPENDING', stream, group, after, '+', 100)
    for _, entry in ipairs(entries) do
      if #taken < limit and entry[2] ~= me then
        hand_over(stream, group, me, { entry }, taken)
      end
      after = '(' .. entry[1]
    end
  until #entries < 100 or #taken >= limit
  if #taken == 0 then
    for _, name in ipairs(others_of(stream, group, me)) do
      forget_if_idle(stream, group, name)
    end
  end
  return taken
end

-- Until there are enough: entries that were deleted meanwhile are not among those taken.
local function claim_from(stream, group, me, name, limit, taken)
  while #taken < limit do
    local entries = redis.call('XPENDING', stream, group, '-', '+', limit - #taken, name)
    if #entries == 0 then
      return
    end
    hand_over(stream, group, me, entries, taken)
  end
end

local function claim(keys, args)
  local stream, group, me, prefix, limit = keys[1], args[1], args[2], args[3], tonumber(args[4])
  if prefix == '' then
    return claim_from_all(stream, group, me, limit)
  end
  local taken = {}
  for _, name in ipairs(others_of(stream, group, me)) do
    if string.sub(name, 1, #prefix) == prefix then
      claim_from(stream, group, me, name, limit, taken)
      forget_if_idle(stream, group, name)
    end
  end
  return taken
end

redis.register_function { function_name = NAME .. '_claim', callback = claim, flags = { 'allow-oom' } }
