-- ARGV: key, number of the last event that was seen
local seen = tonumber(ARGV[2])
local known = redis.call('HMGET', log(ARGV[1]), 'next', 'done', 'alive', 'request')
if not known[1] then return {} end
local next = tonumber(known[1])
local events = log(ARGV[1]) .. ':events'
local first = next - redis.call('LLEN', events)
-- No log has an event of a number that is not exact here.
if seen + 1 < first or seen >= 2 ^ 53 then return {} end
redis.call('HSET', log(ARGV[1]), 'followed', '1')
local alive = tonumber(known[3]) > NOW and '1' or '0'
return { known[2], alive, known[4], redis.call('LRANGE', events, seen + 1 - first, -1) }
