-- ARGV: id, owner, then key and answer of each
local it, why = load_owned(ARGV[1], ARGV[2])
if not it then return why end
if is_terminal(it.status) then return { 'terminal', it.status } end
local taken, fields, bytes = {}, {}, 0
for index = 3, #ARGV, 2 do
  local place = redis.call('HGET', task(it.id), 'key:' .. ARGV[index])
  local field = place and 'answer:' .. place
  if field and not fields[field] and redis.call('HEXISTS', task(it.id), field) == 0 then
    fields[field] = ARGV[index + 1]
    bytes = bytes + #ARGV[index + 1]
    taken[#taken + 1] = ARGV[index]
  end
end
if #taken > 0 then
  if not grow(it, bytes) then return FULL end
  for field, answer in pairs(fields) do redis.call('HSET', task(it.id), field, answer) end
  local open = it.open - #taken
  redis.call('HSET', task(it.id), 'open', int(open), 'updated', int(NOW),
    'status', open > 0 and 'input_required' or 'working')
  tell('task ' .. it.id)
end
return { 'ok', taken }
