-- ARGV: id
local it, why = load(ARGV[1])
if not it then return why end
if is_terminal(it.status) then return { 'terminal', it.status } end
cancel(it)
return { 'ok' }
