-- ARGV: id, token, then field and value of each
local it, why = load_held(ARGV[1], ARGV[2])
if not it then return why end
redis.call('HSET', task(it.id), 'updated', int(NOW), unpack(ARGV, 3))
tell('task ' .. it.id)
return { 'ok' }
