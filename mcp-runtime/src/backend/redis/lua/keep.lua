-- ARGV: key, ttl, names of groups
local key, expires = ARGV[1], NOW + tonumber(ARGV[2])
if redis.call('PEXPIREAT', entry(key), int(expires)) == 0 then return 0 end
for i = 3, #ARGV do join(ARGV[i], key, expires) end
return 1
