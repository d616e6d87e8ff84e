-- ARGV: id or '' for all, after or '', limit
local id, after, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local function describe(id)
  local it, why = load(id)
  if not it then return { id, why[1] } end
  return { id, 'ok', redis.call('HMGET', task(id), 'request', 'status', 'outcome_kind', 'created',
    'updated', 'attempts', 'open', 'bytes', 'worker', 'until') }
end
if id ~= '' then return { 'ok', { describe(id) }, 0 } end
local first = 0
if after ~= '' then
  local rank = redis.call('ZREVRANK', P .. 'expiry', after)
  if not rank then return { 'ok', {}, 0 } end
  first = rank + 1
end
-- One more than is asked for tells whether there are more.
local kept = redis.call('ZREVRANGE', P .. 'expiry', first, first + limit, 'WITHSCORES')
local tasks, more = {}, 0
for index = 1, #kept, 2 do
  -- Those that are over are at the end.
  if tonumber(kept[index + 1]) <= NOW then break end
  if index > 2 * limit then
    more = 1
    break
  end
  tasks[#tasks + 1] = describe(kept[index])
end
return { 'ok', tasks, more }
