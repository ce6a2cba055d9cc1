-- Takes over pending entries of the consumers with a prefix, and removes those that hold nothing more.
-- KEYS  stream
-- ARGV  group, consumer that takes over, prefix of the others or "" for all of them, limit
-- Returns  { id, count before, fields … } for each entry taken
-- Atomic: a consumer may only be removed while it holds nothing, or its entries would be lost to everybody.
-- The count goes up by one for each entry: it counts owners. Allowed when out of memory.

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
    for _, reply in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
      local consumer = fields_of(reply)
      if consumer['name'] ~= me and consumer['pending'] == 0 then
        redis.call('XGROUP', 'DELCONSUMER', stream, group, consumer['name'])
      end
    end
  end
  return taken
end

local function claim(keys, args)
  local stream, group, me, prefix, limit = keys[1], args[1], args[2], args[3], tonumber(args[4])
  if prefix == '' then
    return claim_from_all(stream, group, me, limit)
  end
  local taken = {}
  for _, reply in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
    local name = fields_of(reply)['name']
    if name ~= me and string.sub(name, 1, #prefix) == prefix then
      if #taken < limit then
        local entries = redis.call('XPENDING', stream, group, '-', '+', limit - #taken, name)
        hand_over(stream, group, me, entries, taken)
      end
      if #redis.call('XPENDING', stream, group, '-', '+', 1, name) == 0 then
        redis.call('XGROUP', 'DELCONSUMER', stream, group, name)
      end
    end
  end
  return taken
end

redis.register_function { function_name = NAME .. '_claim', callback = claim, flags = { 'allow-oom' } }
