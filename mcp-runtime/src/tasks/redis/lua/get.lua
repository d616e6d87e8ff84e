-- ARGV: id, owner
local it, why = load_owned(ARGV[1], ARGV[2])
if not it then return why end
return { 'ok', redis.call('HGETALL', task(it.id)) }
