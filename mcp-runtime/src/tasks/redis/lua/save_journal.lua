-- ARGV: id, token, journal
local it, why = load_held(ARGV[1], ARGV[2])
if not it then return why end
redis.call('HSET', task(it.id), 'journal', ARGV[3])
return { 'ok' }
