-- ARGV: id, token, journal
local it, why = load_held(ARGV[1], ARGV[2])
if not it then return why end
local before = redis.call('HSTRLEN', task(it.id), 'journal')
if not grow(it, #ARGV[3] - before) then return FULL end
redis.call('HSET', task(it.id), 'journal', ARGV[3])
return { 'ok' }
