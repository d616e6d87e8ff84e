local expired = redis.call('ZREMRANGEBYSCORE', P .. 'expiry', '-inf', int(NOW))
local lapsed = lapse_all()
local due = redis.call('ZRANGE', P .. 'expiry', 0, 0, 'WITHSCORES')[2]
for format = 1, FORMAT do
  local lease = redis.call('ZRANGE', leases(format), 0, 0, 'WITHSCORES')[2]
  if lease and (not due or tonumber(lease) < tonumber(due)) then due = lease end
end
local next = due and int(math.max(tonumber(due) - NOW, 0)) or ''
return { 'ok', expired, lapsed.requeued, lapsed.failed, next }
