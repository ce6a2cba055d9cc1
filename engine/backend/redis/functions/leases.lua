-- Counter leases: who may do what one engine alone may do. A hash of owner, epoch and beat; no expiry, no clock.
-- The epoch grows with every change of hands and is kept over releases, so an effect of the past can be told by it.
-- Each function is atomic: it is a compare-and-set. Allowed when out of memory: a full Redis must not cost a lease.

local function lease_of(key)
  local fields = redis.call('HMGET', key, 'owner', 'epoch', 'beat')
  return { fields[1] or '', tonumber(fields[2] or '0'), tonumber(fields[3] or '0') }
end

local function stands(lease, owner, epoch, beat)
  return lease[1] == owner and lease[2] == tonumber(epoch) and lease[3] == tonumber(beat)
end

-- Takes the lease when it is nobody's, or stands exactly as seen.
-- KEYS  lease
-- ARGV  who takes it, owner as seen, epoch as seen, beat as seen
-- Returns  { owner, epoch, beat } as it stands afterwards. Who holds it already keeps it: repeating is safe.
local function take_lease(keys, args)
  local key, owner = keys[1], args[1]
  local refusal = wrong_type(key, 'hash')
  if refusal then
    return refusal
  end
  local lease = lease_of(key)
  if lease[1] ~= owner and (lease[1] == '' or stands(lease, args[2], args[3], args[4])) then
    lease = { owner, lease[2] + 1, 0 }
    redis.call('HSET', key, 'owner', owner, 'epoch', lease[2], 'beat', 0)
  end
  return lease
end

-- One more beat of the holder.
-- KEYS  lease
-- ARGV  owner, epoch
-- Returns  1, or 0 when the lease is not the owner's in that epoch
local function beat_lease(keys, args)
  local lease = lease_of(keys[1])
  if lease[1] ~= args[1] or lease[2] ~= tonumber(args[2]) then
    return 0
  end
  redis.call('HINCRBY', keys[1], 'beat', 1)
  return 1
end

-- Gives the lease back, keeping the epoch.
-- KEYS  lease
-- ARGV  owner, epoch
-- Returns  1, or 0 when the lease was not the owner's in that epoch
local function release_lease(keys, args)
  local lease = lease_of(keys[1])
  if lease[1] ~= args[1] or lease[2] ~= tonumber(args[2]) then
    return 0
  end
  redis.call('HSET', keys[1], 'owner', '', 'beat', 0)
  return 1
end

-- Forgets a lease that nobody will ask for again.
-- KEYS  lease
-- ARGV  owner as seen, epoch as seen, beat as seen
-- Returns  1, or 0 when it stands otherwise
local function forget_lease(keys, args)
  if not stands(lease_of(keys[1]), args[1], args[2], args[3]) then
    return 0
  end
  redis.call('DEL', keys[1])
  return 1
end

redis.register_function { function_name = NAME .. '_take_lease', callback = take_lease, flags = { 'allow-oom' } }
redis.register_function { function_name = NAME .. '_beat_lease', callback = beat_lease, flags = { 'allow-oom' } }
redis.register_function { function_name = NAME .. '_release_lease', callback = release_lease, flags = { 'allow-oom' } }
redis.register_function { function_name = NAME .. '_forget_lease', callback = forget_lease, flags = { 'allow-oom' } }
