-- ARGV: worker, lease, nonce, then each tool
local worker, lease, nonce = ARGV[1], tonumber(ARGV[2]), ARGV[3]
-- The claim may have been made, and its answer lost.
local earlier = redis.call('HMGET', P .. 'claim:' .. nonce, 'id', 'token')
if earlier[1] then
  local it = load_held(earlier[1], earlier[2])
  if it then return { 'ok', it.id, redis.call('HGETALL', task(it.id)) } end
  redis.call('DEL', P .. 'claim:' .. nonce)
end
lapse_all()
-- What is over or damaged is passed over, as much of it as a script should.
for _ = 1, 100 do
  local queue, id, place
  for format = 1, FORMAT do
    for index = 4, #ARGV do
      local head = redis.call('ZRANGE', waiting(format, ARGV[index]), 0, 0, 'WITHSCORES')
      if head[1] and (not place or tonumber(head[2]) < place) then
        queue, id, place = waiting(format, ARGV[index]), head[1], tonumber(head[2])
      end
    end
  end
  if not queue then return { 'none' } end
  local it, why = load(id)
  if it and not is_terminal(it.status) and not it.until_ then
    local until_ = NOW + lease
    local token = int(it.token + 1)
    redis.call('HSET', task(id), 'attempts', int(it.attempts + 1), 'token', token,
      'worker', worker, 'until', int(until_))
    redis.call('ZADD', leases(it.format), int(until_), id)
    keep(leases(it.format), it.expires)
    redis.call('ZREM', queue, id)
    redis.call('HSET', P .. 'claim:' .. nonce, 'id', id, 'token', token)
    redis.call('PEXPIRE', P .. 'claim:' .. nonce, int(lease))
    return { 'ok', id, redis.call('HGETALL', task(id)) }
  end
  if why and why[1] == 'unreadable' then
    -- Where the key is no record at all, it is left as it is.
    redis.pcall('HSET', task(id), 'format', int(FORMAT), 'status', 'failed', 'outcome_kind', 'unreadable')
    tell('task ' .. id)
  end
  redis.call('ZREM', queue, id)
end
return { 'again' }
