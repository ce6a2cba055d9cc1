-- Removes single entries, and appends others in their place.
-- KEYS  stream, then the streams that are appended to
-- ARGV  for each entry: id, index of the key to append to or 0, body, group that it is meant for or ""
-- Returns  1 or 0 for each: whether it was there
-- Atomic: an entry must not be put back twice when two people ask for it, nor be gone and not put back.
local function remove(keys, args)
  for _, key in ipairs(keys) do
    local refusal = wrong_type(key, 'stream')
    if refusal then
      return refusal
    end
  end
  local result = {}
  for at = 1, #args, 4 do
    local id, place = args[at], tonumber(args[at + 1])
    local found = #redis.call('XRANGE', keys[1], id, id) > 0
    if found then
      if place > 0 then
        append(keys[place], args[at + 2], args[at + 3])
      end
      redis.call('XDEL', keys[1], id)
    end
    result[#result + 1] = found and 1 or 0
  end
  return result
end

redis.register_function { function_name = NAME .. '_remove', callback = remove }
