-- What the scripts have in common. KEYS[1] is the prefix of every key, with the hash tag.

local P = KEYS[1]

local time = redis.call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)

local function int(number) return string.format('%.0f', number) end
local function entry(key) return P .. 'entry:' .. key end
local function group(name) return P .. 'group:' .. name end
local function log(key) return P .. 'log:' .. key end

-- Gives an entry a place in a group until `expires`.
local function join(name, key, expires)
  redis.call('ZADD', group(name), int(expires), key)
  if redis.call('PEXPIRETIME', group(name)) < expires then
    redis.call('PEXPIREAT', group(name), int(expires))
  end
end
