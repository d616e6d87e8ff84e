-- ARGV: key, names of groups
for i = 2, #ARGV do redis.call('ZREM', group(ARGV[i]), ARGV[1]) end
return redis.call('DEL', entry(ARGV[1]))
