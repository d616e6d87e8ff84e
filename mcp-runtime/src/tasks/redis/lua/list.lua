-- ARGV: owner, after or '', limit
local owner, after, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local first = 0
if after ~= '' then
  local rank = redis.call('ZREVRANK', owned(owner), after)
  if not rank then return { 'ok', {}, 0 } end
  first = rank + 1
end
-- Those that are over are at the end, and one more than is asked for tells whether there are more.
local ids = redis.call('ZREVRANGE', owned(owner), first, first + limit)
local tasks, more = {}, 0
for index, id in ipairs(ids) do
  local it, why = load_owned(id, owner)
  if why and why[1] == 'unknown' then break end
  if index > limit then
    more = 1
  elseif it then
    tasks[#tasks + 1] = { id, 'ok', redis.call('HMGET', task(id), unpack(INFO)) }
  else
    tasks[#tasks + 1] = { id, 'unreadable' }
  end
end
return { 'ok', tasks, more }
