-- ARGV: id, owner
local it, why = load_owned(ARGV[1], ARGV[2])
if not it then return why end
if is_terminal(it.status) then return { 'terminal', it.status } end
redis.call('HSET', task(it.id), 'status', 'cancelled', 'updated', int(NOW), 'token', int(it.token + 1))
let_go(it)
tell('task ' .. it.id)
return { 'ok', redis.call('HMGET', task(it.id), unpack(INFO)) }
