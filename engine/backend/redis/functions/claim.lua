-- Takes over pending entries of the consumers with a prefix, and removes those that hold nothing more.
-- KEYS  stream
-- ARGV  group, consumer that takes over, prefix of the others, limit
-- Returns  { id, count before, fields … } for each entry taken
-- Atomic: a consumer may only be removed while it holds nothing, or its entries would be lost to everybody.
-- The count goes up by one for each entry: it counts owners. Allowed when out of memory.
local function claim(keys, args)
  local stream, group, me, prefix, limit = keys[1], args[1], args[2], args[3], tonumber(args[4])
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
