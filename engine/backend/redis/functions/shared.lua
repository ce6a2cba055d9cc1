-- What the functions share. Each file is a block of one library; `NAME` is the library's name (see library.ts).
-- Redis does not roll back: every function checks what could go wrong before it changes anything.

-- The fields of a flat XINFO reply as a table.
local function fields_of(reply)
  local fields = {}
  for i = 1, #reply, 2 do
    fields[reply[i]] = reply[i + 1]
  end
  return fields
end

-- An error reply when the key holds something else than `kind`; otherwise nil.
local function wrong_type(key, kind)
  local found = redis.call('TYPE', key)['ok']
  if found ~= 'none' and found ~= kind then
    return redis.error_reply("WRONGTYPE The key '" .. key .. "' holds a " .. found .. ', and must hold a ' .. kind)
  end
end

-- The groups of a stream, as XINFO tells them; none when there is no stream.
local function groups_of(stream)
  if redis.call('EXISTS', stream) == 0 then
    return {}
  end
  local groups = redis.call('XINFO', 'GROUPS', stream)
  for i = 1, #groups do
    groups[i] = fields_of(groups[i])
  end
  return groups
end

-- How many entries a group has not read. Redis does not know after a foreign XDEL; then they are counted.
local function lag_of(stream, group)
  local lag = group['lag']
  if lag then
    return lag
  end
  return #redis.call('XRANGE', stream, '(' .. group['last-delivered-id'], '+', 'COUNT', 100000)
end

-- What Redis counts for a pending entry: how often it was handed out, and a thousand more for every failure.
local FAILURE = 1000

-- The consumer that holds what was put aside.
local ASIDE = '~deferred'

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Makes pending entries, as XPENDING tells them, those of a consumer, and adds { id, count before, fields } of each to
-- `result`. An entry that was deleted is acknowledged: nobody can handle it any more.
local function hand_over(stream, group, consumer, entries, result)
  for _, entry in ipairs(entries) do
    local id = entry[1]
    local found = redis.call('XRANGE', stream, id, id)[1]
    if found then
      redis.call('XCLAIM', stream, group, consumer, 0, id, 'RETRYCOUNT', entry[4] + 1, 'JUSTID')
      result[#result + 1] = { id, entry[4], found[2] }
    else
      redis.call('XACK', stream, group, id)
    end
  end
end

-- Appends a body, for all groups or ("g") for one.
local function append(stream, body, group)
  if group == '' then
    return redis.call('XADD', stream, '*', 'm', body)
  end
  return redis.call('XADD', stream, '*', 'm', body, 'g', group)
end
