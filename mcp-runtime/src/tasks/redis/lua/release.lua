-- ARGV: id, token, whether the tool was begun
local it, why = load_held(ARGV[1], ARGV[2])
if not it then return why end
if ARGV[3] == '0' or it.max_attempts > 1 then
  give_back(it, math.max(it.attempts - 1, 0))
  tell('task ' .. it.id)
else
  fail(it, 'server_stopped')
end
return { 'ok' }
