-- ARGV: id, token, lease
local it, why = load_held(ARGV[1], ARGV[2])
if not it then return why end
local until_ = int(NOW + tonumber(ARGV[3]))
redis.call('HSET', task(it.id), 'until', until_)
redis.call('ZADD', leases(it.format), until_, it.id)
return { 'ok' }
