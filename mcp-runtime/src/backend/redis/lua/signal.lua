-- ARGV: the signal
return redis.call('PUBLISH', P .. 'signals', ARGV[1])
