-- ARGV: id, token, status, kind of outcome, outcome, message or '', whether it is small enough for
-- there to be room
local id, token, status, kind, outcome, message, is_small = unpack(ARGV)
local it, why, ended = load_held(id, token)
if ended and ended.outcome_kind and int(ended.token) == token then return { 'ok' } end
if not it then return why end
if is_small == '0' and not grow(it, #outcome) then return FULL end
redis.call('HSET', task(id), 'status', status, 'outcome_kind', kind, 'outcome', outcome,
  'updated', int(NOW))
if message ~= '' then redis.call('HSET', task(id), 'message', message) end
let_go(it)
tell('task ' .. id)
return { 'ok' }
