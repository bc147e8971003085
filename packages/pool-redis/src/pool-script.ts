/** Names of the keys of one pool, in the order in which the script takes them. */
export const keyNames = [
  "meta",
  "idle",
  "leases",
  "granted",
  "slots",
  "receipts",
  "receipt-times",
  "waiters",
  "waiter-owners",
  "owners",
  "takers",
] as const;

/**
 * Every step of a pool, in Lua. It does what `PoolState` of `@rxsandbox/pool` does; the clock is that of Redis.
 *
 * Arguments: the name of the step, its request as JSON, the channel for hints, and milliseconds that replace the clock
 * in tests, or "". Numbers in JSON have 14 digits here: enough for milliseconds until the year 5138.
 */
export const poolScript = `
local META, IDLE, LEASES, GRANTED, SLOTS, RECEIPTS, RECEIPT_TIMES, WAITERS, WAITER_OWNERS, OWNERS, TAKERS = unpack(KEYS)
local RECEIPT_MS = 600000
local KEEP_MS = 86400000
local call = redis.call
local request = cjson.decode(ARGV[2])
local now = tonumber(ARGV[4])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local idleBefore = call('ZCARD', IDLE)

local function entries(key)
  local flat, pairsOf = call('HGETALL', key), {}
  for index = 1, #flat, 2 do pairsOf[#pairsOf + 1] = { flat[index], flat[index + 1] } end
  return pairsOf
end

local function setOf(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

local function append(list, items)
  for _, item in ipairs(items) do list[#list + 1] = item end
end

local function target() return tonumber(call('HGET', META, 'target') or '0') end

-- Each waiter takes one away.
local function wantedCount() return target() + call('ZCARD', WAITERS) end

local function makeIdle(sandboxId, since)
  if call('ZCARD', IDLE) >= wantedCount() then return false end
  call('ZADD', IDLE, since, sandboxId)
  return true
end

local function leaseOf(sandboxId)
  local text = sandboxId and call('HGET', LEASES, sandboxId)
  return text and cjson.decode(text) or nil
end

local function endLease(sandboxId, token)
  local lease = leaseOf(sandboxId)
  if not lease or lease.token ~= token then return nil end
  call('HDEL', LEASES, sandboxId)
  call('HDEL', GRANTED, lease.requestId)
  return lease
end

local function dropWaiter(requestId)
  call('ZREM', WAITERS, requestId)
  call('HDEL', WAITER_OWNERS, requestId)
end

local function dropWaitersOf(owner)
  for _, entry in ipairs(entries(WAITER_OWNERS)) do
    if entry[2] == owner then dropWaiter(entry[1]) end
  end
end

-- Its sandboxes are not killed: whoever holds one may be alive and only cut off. They end at their expiry.
local function forget(owner)
  call('ZREM', OWNERS, owner)
  call('ZREM', TAKERS, owner)
  for _, entry in ipairs(entries(SLOTS)) do
    if entry[2] == owner then call('HDEL', SLOTS, entry[1]) end
  end
  dropWaitersOf(owner)
  for _, entry in ipairs(entries(LEASES)) do
    local lease = cjson.decode(entry[2])
    if lease.owner == owner then endLease(entry[1], lease.token) end
  end
end

local function touch(owner, ttl)
  call('ZADD', OWNERS, now + ttl, owner)
  for _, silent in ipairs(call('ZRANGEBYSCORE', OWNERS, '-inf', '(' .. now)) do forget(silent) end
end

-- Returns the sandboxes for which there is no room.
local function abandon(requestIds)
  local evicted = {}
  for _, id in ipairs(requestIds) do
    dropWaiter(id)
    local sandboxId = call('HGET', GRANTED, id)
    local lease = leaseOf(sandboxId)
    if lease and endLease(sandboxId, lease.token) and not makeIdle(sandboxId, lease.since) then
      evicted[#evicted + 1] = sandboxId
    end
  end
  return evicted
end

local function toGrant(sandboxId, lease)
  return { requestId = lease.requestId, sandboxId = sandboxId, token = lease.token, place = lease.place }
end

local function grant(requestId, place, owner)
  local ahead = call('ZCOUNT', WAITERS, '-inf', '(' .. place)
  if call('ZCARD', IDLE) <= ahead then return nil end
  local popped = call('ZPOPMIN', IDLE)
  dropWaiter(requestId)
  local lease = {
    token = tostring(call('HINCRBY', META, 'token', 1)),
    requestId = requestId,
    place = place,
    owner = owner,
    since = tonumber(popped[2]),
  }
  call('HSET', LEASES, popped[1], cjson.encode(lease))
  call('HSET', GRANTED, requestId, popped[1])
  return toGrant(popped[1], lease)
end

local function reserve(owner, wanted)
  local slots, given = {}, {}
  for _, slot in ipairs(wanted) do
    if call('HEXISTS', SLOTS, slot) == 1 then
      slots[#slots + 1] = slot
      given[slot] = true
    end
  end
  local lacking = wantedCount() - call('ZCARD', IDLE) - call('HLEN', SLOTS)
  for _, slot in ipairs(wanted) do
    if lacking <= 0 then break end
    if not given[slot] and call('HEXISTS', RECEIPTS, slot) == 0 then
      call('HSET', SLOTS, slot, owner)
      slots[#slots + 1] = slot
      lacking = lacking - 1
    end
  end
  return slots
end

local steps = {}

function steps.setTarget()
  call('HSET', META, 'target', request.target)
  return {}
end

function steps.reconcile()
  touch(request.owner, request.ownerTtlMs)
  local kept = setOf(request.slots)
  for slot in pairs(setOf(request.wanted)) do kept[slot] = true end
  for _, entry in ipairs(entries(SLOTS)) do
    if entry[2] == request.owner and not kept[entry[1]] then call('HDEL', SLOTS, entry[1]) end
  end
  local evicted = abandon(request.abandoned)
  for _, hold in ipairs(request.discarded) do endLease(hold.sandboxId, hold.token) end
  local old = call('ZRANGEBYSCORE', IDLE, '-inf', '(' .. (now - request.maxIdleMs))
  for _, sandboxId in ipairs(old) do call('ZREM', IDLE, sandboxId) end
  append(evicted, old)
  while call('ZCARD', IDLE) > wantedCount() do evicted[#evicted + 1] = call('ZPOPMIN', IDLE)[1] end
  for _, slot in ipairs(call('ZRANGEBYSCORE', RECEIPT_TIMES, '-inf', '(' .. now)) do
    call('HDEL', RECEIPTS, slot)
    call('ZREM', RECEIPT_TIMES, slot)
  end
  for _, key in ipairs(KEYS) do call('PEXPIRE', key, KEEP_MS) end
  return {
    slots = reserve(request.owner, request.wanted),
    target = target(),
    idle = call('ZCARD', IDLE),
    creating = call('HLEN', SLOTS),
    leased = call('HLEN', LEASES),
    waiting = call('ZCARD', WAITERS),
    evicted = evicted,
  }
end

function steps.add()
  local receipt = call('HGET', RECEIPTS, request.slot)
  if receipt then return { answer = receipt } end
  if call('HDEL', SLOTS, request.slot) == 0 and request.isReserved then return { answer = 'unknown' } end
  local answer = makeIdle(request.sandboxId, now) and 'added' or 'full'
  call('HSET', RECEIPTS, request.slot, answer)
  call('ZADD', RECEIPT_TIMES, now + RECEIPT_MS, request.slot)
  return { answer = answer }
end

function steps.take()
  touch(request.owner, request.ownerTtlMs)
  call('ZADD', TAKERS, now + request.waiterTtlMs, request.owner)
  for _, silent in ipairs(call('ZRANGEBYSCORE', TAKERS, '-inf', '(' .. now)) do
    call('ZREM', TAKERS, silent)
    dropWaitersOf(silent)
  end
  local places, order, grants = {}, {}, {}
  for _, one in ipairs(request.requests) do
    order[#order + 1] = one.id
    if call('HEXISTS', GRANTED, one.id) == 0 then
      local place = tonumber(call('ZSCORE', WAITERS, one.id) or one.place) or call('HINCRBY', META, 'place', 1)
      places[one.id] = place
      if one.isWaiting then
        call('ZADD', WAITERS, place, one.id)
        call('HSET', WAITER_OWNERS, one.id, request.owner)
      end
    end
  end
  table.sort(order, function(a, b) return (places[a] or 0) < (places[b] or 0) end)
  for _, id in ipairs(order) do
    local sandboxId = call('HGET', GRANTED, id)
    local lease = leaseOf(sandboxId)
    local given = lease and toGrant(sandboxId, lease) or grant(id, places[id] or 0, request.owner)
    if given then
      grants[#grants + 1] = given
      places[id] = nil
    end
  end
  return { grants = grants, places = places }
end

function steps.giveBack()
  if not endLease(request.sandboxId, request.token) then return { answer = 'unknown' } end
  return { answer = makeIdle(request.sandboxId, now) and 'added' or 'full' }
end

function steps.leave()
  local evicted = abandon(request.abandoned)
  forget(request.owner)
  if request.isDraining then
    append(evicted, call('ZRANGE', IDLE, 0, -1))
    call('DEL', IDLE)
  end
  return { evicted = evicted }
end

local answer = steps[ARGV[1]]()
if call('ZCARD', IDLE) > idleBefore then call('PUBLISH', ARGV[3], '') end
return cjson.encode(answer)
`;
