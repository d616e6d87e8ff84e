-- ARGV: key, number of the first event, most events, most bytes, lease, ttl, 1 if nothing follows,
-- the signal for those who follow, the request, then the events
local key, signal = ARGV[1], ARGV[8]
local number, max_events, max_bytes = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local events = log(key) .. ':events'
local known = redis.call('HMGET', log(key), 'next', 'bytes', 'followed')
local next, bytes = tonumber(known[1] or number), tonumber(known[2] or 0)
if number > next then
  -- Some are missing: what comes before them cannot be gone on from.
  redis.call('DEL', events)
  next, bytes = number, 0
end
-- Some may have come with an attempt whose answer was lost.
for i = 10 + next - number, #ARGV do
  redis.call('RPUSH', events, ARGV[i])
  next, bytes = next + 1, bytes + #ARGV[i]
end
while bytes > max_bytes or redis.call('LLEN', events) > max_events do
  bytes = bytes - #redis.call('LPOP', events)
end
redis.call('HSET', log(key), 'next', int(next), 'bytes', int(bytes), 'done', ARGV[7], 'request', ARGV[9],
  'alive', int(NOW + tonumber(ARGV[5])))
redis.call('PEXPIRE', log(key), ARGV[6])
redis.call('PEXPIRE', events, ARGV[6])
if known[3] then redis.call('PUBLISH', P .. 'signals', signal) end
return int(next)
