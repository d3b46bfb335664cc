-- Takes a route away if it is still this session's, and tells its watchers in the same step. With an heir, gives the peer
-- to that session under the next epoch instead.
-- KEYS: route, feed channel (same slot). ARGV: node, session, and of an heir: node, session, lease in ms.
-- Returns 1 where it did, 0 otherwise.
local held = redis.call('GET', KEYS[1])
local session = ARGV[1] .. ' ' .. ARGV[2] .. ' '
if not held or string.sub(held, 1, #session) ~= session then
  return 0
end
local epoch = string.sub(held, #session + 1)
if ARGV[3] then
  -- %.0f: Lua would print a number of this size as 1.7e+15.
  local value = ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. string.format('%.0f', tonumber(epoch) + 1)
  redis.call('SET', KEYS[1], value, 'PX', ARGV[5])
  redis.call('SPUBLISH', KEYS[2], 'ONLINE ' .. value)
else
  redis.call('DEL', KEYS[1])
  redis.call('SPUBLISH', KEYS[2], 'OFFLINE ' .. epoch)
end
return 1
