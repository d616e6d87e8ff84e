-- ARGV: id, token, whether those asked before are known to be the same, then key and question of each
local it, why = load_held(ARGV[1], ARGV[2])
if not it then return why end
local before, new, bytes = {}, {}, 0
for index = 4, #ARGV, 2 do
  local place = redis.call('HGET', task(it.id), 'key:' .. ARGV[index])
  if place then
    before[#before + 1] = { ARGV[index], redis.call('HGET', task(it.id), 'question:' .. place) }
  else
    new[#new + 1] = index
    bytes = bytes + #ARGV[index] + #ARGV[index + 1]
  end
end
if #before > 0 and ARGV[3] == '0' then return { 'before', before } end
if #new == 0 then return { 'ok' } end
if not grow(it, bytes) then return FULL end
for offset, index in ipairs(new) do
  local place = int(it.asked + offset - 1)
  redis.call('HSET', task(it.id), 'key:' .. ARGV[index], place, 'question:' .. place, ARGV[index + 1])
end
redis.call('HSET', task(it.id), 'asked', int(it.asked + #new), 'open', int(it.open + #new),
  'status', 'input_required', 'updated', int(NOW))
tell('task ' .. it.id)
return { 'ok' }
