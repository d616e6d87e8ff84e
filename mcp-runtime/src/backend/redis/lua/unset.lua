-- ARGV: key, field
return redis.call('HDEL', entry(ARGV[1]), ARGV[2])
