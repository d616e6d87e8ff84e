-- ARGV: id, owner, tool, ttl, max_attempts, total, per_owner, max_bytes, request, arguments, principal
-- or ''
local id, owner, tool, ttl, max_attempts, total, per_owner, max_bytes, request, arguments, principal =
  unpack(ARGV)
if redis.call('EXISTS', task(id)) == 1 then
  local it, why = load_owned(id, owner)
  if not it then return why end
  return { 'ok', redis.call('HGETALL', task(id)) }
end
redis.call('ZREMRANGEBYSCORE', P .. 'expiry', '-inf', int(NOW))
redis.call('ZREMRANGEBYSCORE', owned(owner), '-inf', int(NOW))
if redis.call('ZCARD', P .. 'expiry') >= tonumber(total) then return { 'full', 'total' } end
if redis.call('ZCARD', owned(owner)) >= tonumber(per_owner) then return { 'full', 'owner' } end
local bytes = #request + #arguments + #principal
if bytes > tonumber(max_bytes) then return FULL end
local it = { id = id, format = int(FORMAT), tool = tool, expires = NOW + tonumber(ttl) }
redis.call('HSET', task(id), 'format', it.format, 'owner', owner, 'tool', tool,
  'expires', int(it.expires), 'status', 'working', 'token', '0', 'attempts', '0',
  'max_attempts', max_attempts, 'open', '0', 'asked', '0', 'created', int(NOW),
  'updated', int(NOW), 'bytes', int(bytes), 'max_bytes', max_bytes, 'request', request,
  'arguments', arguments)
if principal ~= '' then redis.call('HSET', task(id), 'principal', principal) end
redis.call('PEXPIREAT', task(id), int(it.expires))
redis.call('ZADD', P .. 'expiry', int(it.expires), id)
redis.call('ZADD', owned(owner), int(it.expires), id)
keep(P .. 'expiry', it.expires)
keep(owned(owner), it.expires)
enqueue(it)
return { 'ok', redis.call('HGETALL', task(id)) }
