-- Sets or deletes a value of state only when it is still as expected.
-- KEYS  hash
-- ARGV  field, "1" when a value is expected or "0" for none, expected value, "1" to set or "0" to delete, new value
-- Returns  1 when it was done, 0 when the value had changed
-- Atomic: it is a compare-and-set.
local function compare_and_set(keys, args)
  local key, field = keys[1], args[1]
  local found = redis.call('HGET', key, field)
  if args[2] == '1' then
    if found ~= args[3] then
      return 0
    end
  elseif found then
    return 0
  end
  if args[4] == '1' then
    redis.call('HSET', key, field, args[5])
  else
    redis.call('HDEL', key, field)
  end
  return 1
end

redis.register_function { function_name = NAME .. '_compare_and_set', callback = compare_and_set }
