-- Groups come and go with the newest revision of their flow: who still runs an older one neither makes nor removes any.

local function newest_of(flow)
  return tonumber(redis.call('HGET', flow, 'newest') or '0')
end

-- Makes a group when it is missing.
-- KEYS  stream, hash of the flow or none
-- ARGV  group, id after which it begins, revision that wants it or ""
-- Returns  "made", "existed", or "outdated" when the flow has a newer revision
-- Atomic: a newer revision that has removed the group must not find it made anew. Refused when out of memory.
local function ensure_group(keys, args)
  local stream, group = keys[1], args[1]
  local refusal = wrong_type(stream, 'stream')
  if refusal then
    return refusal
  end
  for _, each in ipairs(groups_of(stream)) do
    if each['name'] == group then
      return 'existed'
    end
  end
  if keys[2] and newest_of(keys[2]) > tonumber(args[3]) then
    return 'outdated'
  end
  redis.call('XGROUP', 'CREATE', stream, group, args[2], 'MKSTREAM')
  return 'made'
end

-- Removes a group with all that is its own.
-- KEYS  stream, sorted set of what the group has put aside, hash of the flow or none
-- ARGV  group, revision that has no use for it or ""
-- Returns  how many messages waited for it, or -1 when there was none, or the revision is not the newest
-- Atomic: a newer revision may want the group; and what is counted must be what is dropped. Allowed when out of memory:
-- it lets the stream be trimmed.
local function remove_group(keys, args)
  local stream, group = keys[1], args[1]
  if keys[3] and newest_of(keys[3]) ~= tonumber(args[2]) then
    return -1
  end
  local waiting = -1
  for _, each in ipairs(groups_of(stream)) do
    if each['name'] == group then
      waiting = lag_of(stream, each) + each['pending']
      redis.call('XGROUP', 'DESTROY', stream, group)
    end
  end
  redis.call('DEL', keys[2])
  return waiting
end

redis.register_function { function_name = NAME .. '_ensure_group', callback = ensure_group }
redis.register_function { function_name = NAME .. '_remove_group', callback = remove_group, flags = { 'allow-oom' } }
