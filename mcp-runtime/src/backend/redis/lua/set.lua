-- ARGV: key, field, value, 1 if only once
local key, field, value, only_once = unpack(ARGV)
if redis.call('EXISTS', entry(key)) == 0 then return 0 end
if only_once == '1' and redis.call('HSETNX', entry(key), field, value) == 0 then
  -- The same value was set by an attempt whose answer was lost.
  return redis.call('HGET', entry(key), field) == value and 1 or 0
end
redis.call('HSET', entry(key), field, value)
return 1
