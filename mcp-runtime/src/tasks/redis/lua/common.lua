-- What the scripts have in common. KEYS[1] is the prefix of every key, with the hash tag. Each
-- script gives an array whose first item says what came of it.

local P = KEYS[1]
-- The format of the records that this version writes, and the newest that it reads.
local FORMAT = 1

local time = redis.call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)

local function task(id) return P .. 'task:' .. id end
-- Queues and leases are apart for each format, so that nobody meets the tasks of a newer one.
local function waiting(format, tool) return P .. 'waiting:' .. format .. ':' .. tool end
local function leases(format) return P .. 'leases:' .. format end
local function owned(owner) return P .. 'owner:' .. owner end

-- The number that a field has, if it is one that we have written.
local function whole(field)
  return field and #field <= 15 and string.find(field, '^%d+$') and tonumber(field)
end

local function int(number) return string.format('%.0f', number) end

-- Lets a key live until at least then.
local function keep(key, expires)
  if redis.call('PEXPIRETIME', key) < expires then
    redis.call('PEXPIREAT', key, int(expires))
  end
end

local function tell(what) redis.call('PUBLISH', P .. 'changes', what) end

local function is_terminal(status)
  return status == 'completed' or status == 'failed' or status == 'cancelled'
end

local STATUSES = { working = 1, input_required = 1, completed = 1, failed = 1, cancelled = 1 }

-- What decides on a task; else nil and why not.
local function load(id)
  local it = redis.pcall('HMGET', task(id), 'format', 'owner', 'tool', 'expires', 'status', 'token',
    'attempts', 'max_attempts', 'open', 'asked', 'until', 'outcome_kind', 'bytes', 'max_bytes')
  if it.err then return nil, { 'unreadable', it.err } end
  local format = whole(it[1])
  if not format then
    if redis.call('EXISTS', task(id)) == 0 then return nil, { 'unknown' } end
    return nil, { 'unreadable', 'a damaged field' }
  end
  if format > FORMAT then return nil, { 'unreadable', 'a newer format' } end
  local found = {
    id = id, format = it[1], owner = it[2], tool = it[3], expires = whole(it[4]), status = it[5],
    token = whole(it[6]), attempts = whole(it[7]), max_attempts = whole(it[8]),
    open = whole(it[9]), asked = whole(it[10]), until_ = whole(it[11]), outcome_kind = it[12],
    -- An older version has not counted.
    bytes = whole(it[13]) or 0, max_bytes = whole(it[14]) or math.huge,
  }
  local complete = found.owner and found.tool and found.expires and STATUSES[found.status]
    and found.token and found.attempts and found.max_attempts and found.open and found.asked
    and (found.until_ or not it[11])
  if not complete then return nil, { 'unreadable', 'a damaged field' } end
  return found
end

-- The task of this owner.
local function load_owned(id, owner)
  local it, why = load(id)
  if it and it.owner ~= owner then return nil, { 'unknown' } end
  return it, why
end

-- Counts so many bytes more; false, and nothing is counted, when there is no room for them.
local function grow(it, more)
  if more > 0 and it.bytes + more > it.max_bytes then return false end
  redis.call('HINCRBY', task(it.id), 'bytes', int(more))
  return true
end

local FULL = { 'full', 'record' }

local function enqueue(it)
  local place = redis.call('INCR', P .. 'place')
  redis.call('ZADD', waiting(it.format, it.tool), place, it.id)
  keep(P .. 'place', it.expires)
  keep(waiting(it.format, it.tool), it.expires)
  tell('work')
end

-- Takes the task from its worker and from the queue.
local function let_go(it)
  redis.call('HDEL', task(it.id), 'worker', 'until')
  redis.call('ZREM', leases(it.format), it.id)
  redis.call('ZREM', waiting(it.format, it.tool), it.id)
end

local function cancel(it)
  redis.call('HSET', task(it.id), 'status', 'cancelled', 'updated', int(NOW),
    'token', int(it.token + 1))
  let_go(it)
  tell('task ' .. it.id)
end

-- Ends a task that has no outcome of its tool. The reason is told in words when it is read.
local function fail(it, reason)
  redis.call('HSET', task(it.id), 'status', 'failed', 'outcome_kind', reason, 'updated', int(NOW),
    'token', int(it.token + 1))
  redis.call('HDEL', task(it.id), 'message')
  let_go(it)
  tell('task ' .. it.id)
end

local function give_back(it, attempts)
  redis.call('HSET', task(it.id), 'token', int(it.token + 1), 'attempts', int(attempts))
  let_go(it)
  enqueue(it)
end

-- The lease has run out.
local function lapse(it)
  if it.attempts < it.max_attempts then
    give_back(it, it.attempts)
    return 'requeued'
  end
  fail(it, 'worker_lost')
  return 'failed'
end

-- Takes the tasks from the workers that have not renewed their lease, as many as a script should.
local function lapse_all()
  local count = { requeued = 0, failed = 0 }
  for format = 1, FORMAT do
    local lapsed = redis.call('ZRANGEBYSCORE', leases(format), '-inf', int(NOW), 'LIMIT', 0, 100)
    for _, id in ipairs(lapsed) do
      local it = load(id)
      if it and it.until_ and not is_terminal(it.status) then
        local what = lapse(it)
        count[what] = count[what] + 1
      else
        redis.call('ZREM', leases(format), id)
      end
    end
  end
  return count
end

-- The task, if the worker with this token holds it.
local function load_held(id, token)
  local it, why = load(id)
  if it and it.until_ and it.until_ <= NOW and not is_terminal(it.status) then
    lapse(it)
    it, why = load(id)
  end
  if not it then return nil, why end
  if is_terminal(it.status) then return nil, { 'terminal', it.status }, it end
  if int(it.token) ~= token or not it.until_ then return nil, { 'fenced' } end
  return it
end

local INFO = { 'request', 'status', 'outcome_kind', 'message', 'created', 'updated' }
