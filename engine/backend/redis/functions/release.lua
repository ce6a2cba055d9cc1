-- What a consumer holds counts as not handed out: it stops in an orderly way, nothing it holds ended it.
-- KEYS  stream
-- ARGV  group, consumer
-- Returns  how many entries it holds
-- Atomic: an entry that somebody else claims meanwhile must not be taken back. Allowed when out of memory.
local function release(keys, args)
  local stream, group, me = keys[1], args[1], args[2]
  local after, held = '-', 0
  repeat
    local entries = redis.call('XPENDING', stream, group, after, '+', 1000, me)
    for _, entry in ipairs(entries) do
      if entry[4] % FAILURE > 0 then
        redis.call('XCLAIM', stream, group, me, 0, entry[1], 'RETRYCOUNT', entry[4] - 1, 'JUSTID')
      end
      after = '(' .. entry[1]
    end
    held = held + #entries
  until #entries < 1000
  return held
end

redis.register_function { function_name = NAME .. '_release', callback = release, flags = { 'allow-oom' } }
