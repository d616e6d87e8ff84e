-- ARGV: key, name of a group
return redis.call('ZREM', group(ARGV[2]), ARGV[1])
