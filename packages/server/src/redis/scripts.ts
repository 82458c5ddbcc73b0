/*
 * Every script is one step for all nodes: either all of it happened or nothing. They touch keys that Redis Cluster would keep on
 * different machines.
 */

/**
 * Refuses a number that is not the next, and a writer whose session ended or was taken over, or whose client id was. A client id
 * that is forgotten is refused as well: coming again, its client learns that nobody can tell what was accepted. Defines `client`.
 */
const CHECK_NUMBER = `
local n = tonumber(number)
local client = redis.call('HMGET', clientKey, 'owner', 'generation', 'highest', 'dedupeMs')
if client[1] ~= owner or client[2] ~= generation then return {'fenced'} end
if redis.call('HGET', sessionKey, 'generation') ~= generation then return {'fenced'} end
local highest = tonumber(client[3])
if n <= highest then return {'duplicate'} end
if n > highest + 1 then return {'gap', highest + 1} end
`

/**
 * Puts a message at the log's end and tells whoever is subscribed. A log without its position belongs to nothing: it is dropped,
 * and a new epoch begins; as it does when the log is ahead of its position.
 */
const APPEND = `
local log, top = KEYS[1], KEYS[2]
local fresh, payload, messages, ttlMs, topTtlMs, live = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
local function add(offset)
  return redis.pcall('XADD', log, 'MAXLEN', '~', messages, string.format('%.0f-0', offset), 'd', payload)
end
local epoch = redis.call('HGET', top, 'epoch')
if not epoch then
  redis.call('DEL', log)
  redis.call('HSET', top, 'epoch', fresh)
  epoch = fresh
end
local offset = redis.call('HINCRBY', top, 'offset', 1)
if messages == 0 then
  redis.call('DEL', log)
else
  if type(add(offset)) == 'table' then
    redis.call('DEL', log)
    redis.call('HSET', top, 'epoch', fresh, 'offset', 1)
    epoch, offset = fresh, 1
    local added = add(offset)
    if type(added) == 'table' then return added end
  end
  redis.call('PEXPIRE', log, ttlMs)
end
redis.call('PEXPIRE', top, topTtlMs)
redis.call('PUBLISH', live, string.format('%.0f:', offset) .. epoch .. ':' .. payload)
`

const PUBLISH = `${APPEND}
return {'ok', epoch, offset}`

const PUBLISH_NUMBERED = `
local clientKey, sessionKey = KEYS[3], KEYS[4]
local number, generation, owner = ARGV[7], ARGV[8], ARGV[9]
${CHECK_NUMBER}${APPEND}
redis.call('HSET', clientKey, 'highest', number, 'doubtful', '0')
redis.call('PEXPIRE', clientKey, client[4])
return {'ok', epoch, offset}`

const ACCEPT = `
local clientKey, sessionKey = KEYS[1], KEYS[2]
local number, generation, owner, dedupeMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
${CHECK_NUMBER}
redis.call('HSET', clientKey, 'highest', number, 'doubtful', '0')
redis.call('PEXPIRE', clientKey, dedupeMs)
return {'ok'}`

/** Tells the log's end, and the first page of what follows a cursor that belongs to it. */
const HISTORY = `
local log, top = KEYS[1], KEYS[2]
local fresh, topTtlMs, sinceEpoch, since, messages, page = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local position = redis.call('HMGET', top, 'epoch', 'offset')
local epoch, last = position[1], tonumber(position[2] or 0)
if not epoch then
  redis.call('DEL', log)
  redis.call('HSET', top, 'epoch', fresh, 'offset', 0)
  epoch, last = fresh, 0
end
redis.call('PEXPIRE', top, topTtlMs)
if sinceEpoch ~= epoch or since > last or last - since > messages then return {epoch, last} end
return {epoch, last, redis.call('XRANGE', log, string.format('%.0f-0', since + 1), string.format('%.0f-0', last), 'COUNT', page)}`

/**
 * Hands a client id, and the named session if it is this user's, to a new owner. The generation rises above all that either has
 * seen, so that the owners before can write no more. A client that was there before and is not known is doubtful until one of its
 * numbers is accepted: what it calls settled is not told to it as accepted.
 */
const CLAIM = `
local clientKey, namedKey, newKey = KEYS[1], KEYS[2], KEYS[3]
local user, node, tx, ttlMs, dedupeMs = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local namedOwner, newOwner, namedSid, nodes = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local status, sessionKey, owner, generation, previous = 'new', newKey, newOwner, 0, false
if namedOwner ~= '' then
  local session = redis.call('HMGET', namedKey, 'user', 'generation', 'node')
  if session[1] == user then
    status, sessionKey, owner = 'resumed', namedKey, namedOwner
    generation, previous = tonumber(session[2]), session[3]
  else
    status = 'lost'
  end
end
local client = redis.call('HMGET', clientKey, 'user', 'generation', 'highest', 'doubtful')
if client[2] then generation = math.max(generation, tonumber(client[2])) end
local known = client[1] == user
local highest = known and math.max(tonumber(client[3]), tx - 1) or tx - 1
local doubtful = known and client[4] == '1' or not known and (namedOwner ~= '' or tx > 1)
local current = string.format('%.0f', generation + 1)
redis.call('HSET', clientKey, 'user', user, 'owner', owner, 'generation', current,
  'highest', string.format('%.0f', highest), 'doubtful', doubtful and '1' or '0', 'dedupeMs', dedupeMs)
redis.call('PEXPIRE', clientKey, dedupeMs)
redis.call('HSET', sessionKey, 'user', user, 'generation', current, 'node', node, 'client', clientKey, 'dedupeMs', dedupeMs)
redis.call('PEXPIRE', sessionKey, ttlMs)
if previous and previous ~= node then redis.call('PUBLISH', nodes .. previous, current .. ':' .. namedSid) end
return {status, generation + 1, known and not doubtful and highest or false, previous}`

/** A session that is in use keeps the numbers of its client remembered. */
const TOUCH = `
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then return 0 end
local session = redis.call('HMGET', KEYS[1], 'client', 'dedupeMs')
if session[1] then redis.call('PEXPIRE', session[1], session[2]) end
return 1`

export type ScriptName = 'swPublish' | 'swPublishNumbered' | 'swAccept' | 'swHistory' | 'swClaim' | 'swTouch'

export const SCRIPTS: Readonly<Record<ScriptName, { readonly lua: string; readonly numberOfKeys: number }>> = {
  swPublish: { lua: PUBLISH, numberOfKeys: 2 },
  swPublishNumbered: { lua: PUBLISH_NUMBERED, numberOfKeys: 4 },
  swAccept: { lua: ACCEPT, numberOfKeys: 2 },
  swHistory: { lua: HISTORY, numberOfKeys: 2 },
  swClaim: { lua: CLAIM, numberOfKeys: 3 },
  swTouch: { lua: TOUCH, numberOfKeys: 1 },
}

/** Calls a script: first its keys, then its arguments. */
export type Scripts = Readonly<Record<ScriptName, (...keysAndArguments: (string | number)[]) => Promise<unknown>>>
