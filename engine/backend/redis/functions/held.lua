-- The entries that a consumer holds. Unlike XREADGROUP with an id, it does not count this as another delivery.
-- KEYS  stream
-- ARGV  group, consumer, id after which to begin, count
-- Returns  { id of the last one looked at or "", { id, how often handed out, fields … } … }
-- Atomic: an entry that is held but was deleted is acknowledged here, since nobody can handle it any more.
local function held(keys, args)
  local stream, group, consumer = keys[1], args[1], args[2]
  local result = { '' }
  for _, entry in ipairs(redis.call('XPENDING', stream, group, '(' .. args[3], '+', args[4], consumer)) do
    local id = entry[1]
    local found = redis.call('XRANGE', stream, id, id)[1]
    result[1] = id
    if found then
      result[#result + 1] = { id, entry[4], found[2] }
    else
      redis.call('XACK', stream, group, id)
    end
  end
  return result
end

redis.register_function { function_name = NAME .. '_held', callback = held, flags = { 'allow-oom' } }
