-- ARGV: key, ttl, the number of groups, name and maximum of each, then field and value of each
local key, expires, groups = ARGV[1], NOW + tonumber(ARGV[2]), tonumber(ARGV[3])
-- Keys are drawn at random: this one was made by an attempt whose answer was lost.
if redis.call('EXISTS', entry(key)) == 1 then return 0 end
for i = 1, groups do
  local name, max = ARGV[2 + 2 * i], tonumber(ARGV[3 + 2 * i])
  redis.call('ZREMRANGEBYSCORE', group(name), '-inf', int(NOW))
  if redis.call('ZCARD', group(name)) >= max then return i end
end
for i = 1, groups do join(ARGV[2 + 2 * i], key, expires) end
redis.call('HSET', entry(key), unpack(ARGV, 4 + 2 * groups))
redis.call('PEXPIREAT', entry(key), int(expires))
return 0
