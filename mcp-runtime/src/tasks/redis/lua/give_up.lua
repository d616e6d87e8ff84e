-- ARGV: id, token. The worker cannot read the record.
local it, why = load_held(ARGV[1], ARGV[2])
if not it then return why end
fail(it, 'unreadable')
return { 'ok' }
