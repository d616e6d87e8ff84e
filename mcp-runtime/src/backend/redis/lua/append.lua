-- ARGV: key, number of the first event, most events, most bytes, most bytes of all logs, lease, ttl,
-- 1 if nothing follows, group, most logs of the group, the signal for those who follow, the request,
-- then the events
local key, number = ARGV[1], tonumber(ARGV[2])
local max_events, max_total = tonumber(ARGV[3]), tonumber(ARGV[5])
local max_bytes = math.min(tonumber(ARGV[4]), max_total)
local lease, ttl, done = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
local siblings, max_siblings = group(ARGV[9]), tonumber(ARGV[10])
local signal, request = ARGV[11], ARGV[12]
local EVENTS = 13
-- All logs by the time when they go, their bytes, and those of all together.
local logs, sizes, total = P .. 'logs', P .. 'log_sizes', P .. 'log_bytes'

local function resize(name, bytes)
  local before = tonumber(redis.call('HGET', sizes, name) or 0)
  redis.call('INCRBY', total, int(bytes - before))
  if bytes > 0 then
    redis.call('HSET', sizes, name, int(bytes))
  else
    redis.call('HDEL', sizes, name)
  end
end

local function drop(name)
  redis.call('DEL', log(name), log(name) .. ':events')
  redis.call('ZREM', logs, name)
  resize(name, 0)
end

local events = log(key) .. ':events'
local known = redis.call('HMGET', log(key), 'next', 'bytes', 'followed')
local next, bytes = tonumber(known[1] or number), tonumber(known[2] or 0)
if number > next then
  -- Some are missing: what comes before them cannot be gone on from.
  redis.call('DEL', events)
  next, bytes = number, 0
end
-- Some may have come with an attempt whose answer was lost.
for i = EVENTS + next - number, #ARGV do
  redis.call('RPUSH', events, ARGV[i])
  next, bytes = next + 1, bytes + #ARGV[i]
end
while bytes > max_bytes or redis.call('LLEN', events) > max_events do
  bytes = bytes - #redis.call('LPOP', events)
end
redis.call('HSET', log(key), 'next', int(next), 'bytes', int(bytes), 'done', done,
  'request', request, 'alive', int(NOW + lease))
redis.call('PEXPIRE', log(key), int(ttl))
redis.call('PEXPIRE', events, int(ttl))

redis.call('ZADD', siblings, int(NOW), key)
while redis.call('ZCARD', siblings) > max_siblings do drop(redis.call('ZPOPMIN', siblings)[1]) end
redis.call('ZADD', logs, int(NOW + ttl), key)
resize(key, bytes)
for _, expired in ipairs(redis.call('ZRANGE', logs, '-inf', int(NOW), 'BYSCORE')) do drop(expired) end
while tonumber(redis.call('GET', total)) > max_total do
  local oldest = redis.call('ZRANGE', logs, 0, 0)[1]
  if not oldest then break end
  drop(oldest)
end
for _, of_all in ipairs({ siblings, logs, sizes, total }) do
  redis.call('PEXPIRE', of_all, int(2 * ttl))
end
if known[3] then redis.call('PUBLISH', P .. 'signals', signal) end
return int(next)
