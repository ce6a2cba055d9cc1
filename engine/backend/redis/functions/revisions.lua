-- Stores the next revision of a flow, when the base is still the newest.
-- KEYS  hash of the flow (newest, token), hash of its revisions (<n> -> head, <n>:bundle -> bundle)
-- ARGV  base, token of this call, head, bundle, revisions kept, channel that tells of changes, name of the flow,
--       "1" to begin behind the base when there is no revision at all
-- Returns  number of the revision, or 0 when the base was not the newest
-- Atomic: it is a compare-and-set. The token makes repeating it safe: a call that finds its own token was done before.
local function append_revision(keys, args)
  local flow, revisions = keys[1], keys[2]
  local newest = tonumber(redis.call('HGET', flow, 'newest') or '0')
  local base = tonumber(args[1])
  if newest == base + 1 and redis.call('HGET', flow, 'token') == args[2] then
    return newest
  end
  if newest ~= base and not (newest == 0 and args[8] == '1') then
    return 0
  end
  local revision = base + 1
  redis.call('HSET', revisions, revision, args[3], revision .. ':bundle', args[4])
  redis.call('HSET', flow, 'newest', revision, 'token', args[2])
  local forgotten = revision - tonumber(args[5])
  redis.call('HDEL', revisions, forgotten, forgotten .. ':bundle')
  redis.call('PUBLISH', args[6], args[7])
  return revision
end

redis.register_function { function_name = NAME .. '_append_revision', callback = append_revision }
