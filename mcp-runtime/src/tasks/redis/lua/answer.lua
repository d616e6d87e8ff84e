-- ARGV: id, owner, then key and answer of each
local it, why = load_owned(ARGV[1], ARGV[2])
if not it then return why end
if is_terminal(it.status) then return { 'terminal', it.status } end
local taken = {}
for index = 3, #ARGV, 2 do
  local place = redis.call('HGET', task(it.id), 'key:' .. ARGV[index])
  if place and redis.call('HSETNX', task(it.id), 'answer:' .. place, ARGV[index + 1]) == 1 then
    taken[#taken + 1] = ARGV[index]
  end
end
if #taken > 0 then
  local open = it.open - #taken
  redis.call('HSET', task(it.id), 'open', int(open), 'updated', int(NOW),
    'status', open > 0 and 'input_required' or 'working')
  tell('task ' .. it.id)
end
return { 'ok', taken }
