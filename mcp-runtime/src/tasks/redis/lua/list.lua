-- ARGV: owner, after or '', limit
local owner, after, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local first = 0
if after ~= '' then
  local rank = redis.call('ZREVRANK', owned(owner), after)
  if not rank then return { 'ok', {}, 0 } end
  first = rank + 1
end
-- One more than is asked for tells whether there are more.
local kept = redis.call('ZREVRANGE', owned(owner), first, first + limit, 'WITHSCORES')
local tasks, more = {}, 0
for index = 1, #kept, 2 do
  local id, expires = kept[index], tonumber(kept[index + 1])
  -- Those that are over are at the end.
  if expires <= NOW then break end
  if index > 2 * limit then
    more = 1
    break
  end
  if load_owned(id, owner) then
    tasks[#tasks + 1] = { id, 'ok', redis.call('HMGET', task(id), unpack(INFO)) }
  else
    tasks[#tasks + 1] = { id, 'unreadable' }
  end
end
return { 'ok', tasks, more }
