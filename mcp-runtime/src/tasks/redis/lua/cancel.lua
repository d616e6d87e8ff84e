-- ARGV: id, owner, nonce
local it, why = load_owned(ARGV[1], ARGV[2])
if not it then return why end
-- This very call may have cancelled it, and its answer was lost.
local again = redis.call('HGET', task(it.id), 'cancelled_by') == ARGV[3]
if is_terminal(it.status) and not again then return { 'terminal', it.status } end
if not again then
  cancel(it)
  redis.call('HSET', task(it.id), 'cancelled_by', ARGV[3])
end
return { 'ok', redis.call('HMGET', task(it.id), unpack(INFO)) }
