-- Hands new entries out to a consumer, as long as a lease is in its epoch.
-- KEYS  stream, lease
-- ARGV  epoch, group, consumer, count
-- Returns  as XREADGROUP does; false when the lease is in another epoch
-- Atomic: who lost the lease must not take what the next holder reads.
local function read(keys, args)
  if redis.call('HGET', keys[2], 'epoch') ~= args[1] then
    return false
  end
  return redis.call('XREADGROUP', 'GROUP', args[2], args[3], 'COUNT', args[4], 'STREAMS', keys[1], '>') or {}
end

redis.register_function { function_name = NAME .. '_read', callback = read, flags = { 'allow-oom' } }
