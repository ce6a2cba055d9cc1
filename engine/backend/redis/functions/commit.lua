-- Applies the effects of settled inputs and acknowledges the inputs, for those that are still the consumer's own.
-- KEYS  streams first, then hashes (of state, and leases)
-- ARGV  number of streams,
--       number of subscriptions, then for each: index of its key, group, consumer, number of inputs,
--       then for each commit: number of inputs, (index of subscription, id) …, number of effects, then
--       "a" index of key, body | "p" channel, body | "s" index of key, field, value | "d" index of key, field
--       and before them, counted with them, conditions on the whole commit:
--       "e" index of key, field, value that it must have | "n" index of key, field that must not be there | "x" never
-- Returns  1 or 0 for each commit
-- Atomic: between the question who owns the entry and the acknowledgement nobody may take it over. XACK and XCLAIM do
-- not ask who the owner is, so this function is the fence. Allowed when out of memory: a full Redis must drain.

local function mine_of(key, group, consumer, count)
  local reply = redis.pcall('XPENDING', key, group, '-', '+', count, consumer)
  local mine = {}
  -- An error: the group or the stream is gone, so nothing is owned.
  for i = 1, reply['err'] and 0 or #reply do
    mine[reply[i][1]] = true
  end
  return mine, reply['err'] or #reply < count
end

local function subscription_of(keys, args, at)
  local key, group, consumer = keys[tonumber(args[at])], args[at + 1], args[at + 2]
  -- The oldest of what it holds are asked for at once: usually just those that are settled now.
  local mine, complete = mine_of(key, group, consumer, tonumber(args[at + 3]))
  return { key = key, group = group, consumer = consumer, mine = mine, complete = complete, settled = {} }
end

local function owns(subscription, id)
  local known = subscription.mine[id]
  if known == nil and not subscription.complete then
    known = #redis.call('XPENDING', subscription.key, subscription.group, id, id, 1, subscription.consumer) > 0
    subscription.mine[id] = known
  end
  return known or false
end

-- Whether the condition at `at` holds; true for what is none.
local function holds(keys, args, at)
  local kind = args[at]
  if kind == 'e' then
    return redis.call('HGET', keys[tonumber(args[at + 1])], args[at + 2]) == args[at + 3]
  elseif kind == 'n' then
    return redis.call('HEXISTS', keys[tonumber(args[at + 1])], args[at + 2]) == 0
  end
  return kind ~= 'x'
end

-- Applies one effect at `at`. Answers with the place of the next one and the reply.
local function apply(keys, args, at)
  local kind = args[at]
  if kind == 'a' then
    return at + 3, redis.pcall('XADD', keys[tonumber(args[at + 1])], '*', 'm', args[at + 2])
  elseif kind == 'p' then
    return at + 3, redis.pcall('PUBLISH', args[at + 1], args[at + 2])
  elseif kind == 's' then
    return at + 4, redis.pcall('HSET', keys[tonumber(args[at + 1])], args[at + 2], args[at + 3])
  end
  return at + 3, redis.pcall('HDEL', keys[tonumber(args[at + 1])], args[at + 2])
end

local WIDTH = { a = 3, p = 3, s = 4, d = 3, e = 4, n = 3, x = 1 }
local IS_EFFECT = { a = true, p = true, s = true, d = true }

local function acknowledge(subscriptions)
  for _, each in ipairs(subscriptions) do
    if #each.settled > 0 then
      redis.call('XACK', each.key, each.group, unpack(each.settled))
    end
  end
end

local function commit(keys, args)
  local streams = tonumber(args[1])
  for i, key in ipairs(keys) do
    local refusal = wrong_type(key, i <= streams and 'stream' or 'hash')
    if refusal then
      return refusal
    end
  end
  local subscriptions = {}
  local at = 3
  for i = 1, tonumber(args[2]) do
    subscriptions[i] = subscription_of(keys, args, at)
    at = at + 4
  end
  local result = {}
  while at <= #args do
    local owned = true
    local inputs = {}
    for _ = 1, tonumber(args[at]) do
      local input = { subscriptions[tonumber(args[at + 1])], args[at + 2] }
      owned = owned and owns(input[1], input[2])
      inputs[#inputs + 1] = input
      at = at + 2
    end
    local effects = tonumber(args[at + 1])
    at = at + 2
    for _ = 1, effects do
      local reply
      local kind = args[at]
      if not IS_EFFECT[kind] then
        owned = owned and holds(keys, args, at)
        at = at + WIDTH[kind]
      elseif owned then
        at, reply = apply(keys, args, at)
        if type(reply) == 'table' and reply['err'] then
          acknowledge(subscriptions)
          return reply
        end
      else
        at = at + WIDTH[kind]
      end
    end
    if owned then
      for _, input in ipairs(inputs) do
        local subscription, id = input[1], input[2]
        if subscription.mine[id] then
          subscription.mine[id] = false
          subscription.settled[#subscription.settled + 1] = id
        end
      end
    end
    result[#result + 1] = owned and 1 or 0
  end
  acknowledge(subscriptions)
  return result
end

redis.register_function { function_name = NAME .. '_commit', callback = commit, flags = { 'allow-oom' } }
