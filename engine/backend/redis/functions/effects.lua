-- Appends effects of commits to a stream in another slot than the commit's, each once for its mark.
-- KEYS  stream, sorted set of marks (mark -> ms of its append)
-- ARGV  number of marks kept, ms that marks are kept, then for each effect: mark, body,
--       group that it is meant for or ""
-- Returns  number of effects that were not there before
-- Atomic: the mark and the entry must be of one mind, or a repeated commit would append again.
-- Allowed when out of memory: it is a part of a commit, and a full Redis must drain.
local function publish_effects(keys, args)
  local stream, marks = keys[1], keys[2]
  local refusal = wrong_type(stream, 'stream') or wrong_type(marks, 'zset')
  if refusal then
    return refusal
  end
  local now = now_ms()
  local added = 0
  for i = 3, #args, 3 do
    if redis.call('ZADD', marks, 'NX', now, args[i]) == 1 then
      append(stream, args[i + 1], args[i + 2])
      added = added + 1
    end
  end
  redis.call('ZREMRANGEBYSCORE', marks, '-inf', now - tonumber(args[2]))
  redis.call('ZREMRANGEBYRANK', marks, 0, -1 - tonumber(args[1]))
  return added
end

redis.register_function { function_name = NAME .. '_publish_effects', callback = publish_effects, flags = { 'allow-oom' } }
