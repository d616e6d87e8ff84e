-- ARGV: key
return redis.call('HGETALL', entry(ARGV[1]))
