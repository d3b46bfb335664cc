-- Prolongs a session's route; writes it again under its own epoch where it is gone or where an older one stands.
-- KEYS: route, feed channel (same slot). ARGV: node, session, epoch, lease in ms.
-- Returns 1 where the session holds the route after it, 0 where a newer one holds it.
local held = redis.call('GET', KEYS[1])
local session = ARGV[1] .. ' ' .. ARGV[2] .. ' '
if held and string.sub(held, 1, #session) == session then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return 1
end
local other = held and tonumber(string.match(held, ' (%d+)$'))
if other and other >= tonumber(ARGV[3]) then
  return 0
end
redis.call('SET', KEYS[1], session .. ARGV[3], 'PX', ARGV[4])
redis.call('SPUBLISH', KEYS[2], 'ONLINE ' .. session .. ARGV[3])
return 1
