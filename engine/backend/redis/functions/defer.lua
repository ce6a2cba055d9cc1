-- Putting entries aside for a while, and taking them up again. They stay pending, held by a consumer that nobody is,
-- so nothing is copied, other groups see nothing of it, and trimming leaves them alone.

-- KEYS  stream, sorted set of the group (id -> ms when it is due)
-- ARGV  group, consumer, id, delay in ms
-- Returns  1, or 0 when the entry is not the consumer's
-- Atomic: only its owner may put an entry aside, and one that is aside must be in the sorted set. Allowed when out of
-- memory: what fails must not hold up what works.
local function defer(keys, args)
  local stream, due, group, me, id = keys[1], keys[2], args[1], args[2], args[3]
  local refusal = wrong_type(due, 'zset')
  if refusal then
    return refusal
  end
  local entry = redis.call('XPENDING', stream, group, id, id, 1, me)[1]
  if not entry then
    -- Repeated after an answer that was lost.
    local aside = redis.call('XPENDING', stream, group, id, id, 1, ASIDE)[1]
    return aside and redis.call('ZSCORE', due, id) and 1 or 0
  end
  local count = entry[4] + FAILURE
  if count % FAILURE > 0 then
    count = count - 1
  end
  redis.call('ZADD', due, now_ms() + tonumber(args[4]), id)
  redis.call('XCLAIM', stream, group, ASIDE, 0, id, 'RETRYCOUNT', count, 'JUSTID')
  return 1
end

-- KEYS  stream, sorted set of the group
-- ARGV  group, consumer, limit, "1" to take what is not due yet as well
-- Returns  { ms until the next one is due or "", { id, count before, fields … } … }
-- Atomic: of many engines that look, one gets each entry. Allowed when out of memory.
local function take_due(keys, args)
  local stream, due, group, me = keys[1], keys[2], args[1], args[2]
  local now = now_ms()
  local ids = redis.call('ZRANGE', due, '-inf', args[4] == '1' and '+inf' or now, 'BYSCORE', 'LIMIT', 0, args[3])
  local result = { '' }
  for _, id in ipairs(ids) do
    hand_over(stream, group, me, redis.call('XPENDING', stream, group, id, id, 1, ASIDE), result)
    redis.call('ZREM', due, id)
  end
  local following = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  if #ids > 0 and not following[1] and #redis.call('XPENDING', stream, group, '-', '+', 1, ASIDE) == 0 then
    redis.call('XGROUP', 'DELCONSUMER', stream, group, ASIDE)
  end
  if following[2] then
    result[1] = string.format('%.0f', math.max(0, tonumber(following[2]) - now))
  end
  return result
end

redis.register_function { function_name = NAME .. '_defer', callback = defer, flags = { 'allow-oom' } }
redis.register_function { function_name = NAME .. '_take_due', callback = take_due, flags = { 'allow-oom' } }
