-- Takes a route away if it is still this session's, and tells its watchers in the same step.
-- KEYS: route, feed channel (same slot). ARGV: node, session.
-- Returns 1 where it did, 0 otherwise.
local held = redis.call('GET', KEYS[1])
local session = ARGV[1] .. ' ' .. ARGV[2] .. ' '
if not held or string.sub(held, 1, #session) ~= session then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('SPUBLISH', KEYS[2], 'OFFLINE ' .. string.sub(held, #session + 1))
return 1
