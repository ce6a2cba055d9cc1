-- Length and groups of a stream.
-- KEYS  stream
-- Returns  { length, { group, lag, pending, consumers } … }
-- Atomic: so that the numbers belong together.
local function info(keys)
  local stream = keys[1]
  local result = { redis.call('XLEN', stream) }
  for _, group in ipairs(groups_of(stream)) do
    result[#result + 1] = { group['name'], lag_of(stream, group), group['pending'], group['consumers'] }
  end
  return result
end

redis.register_function { function_name = NAME .. '_info', callback = info, flags = { 'no-writes' } }
