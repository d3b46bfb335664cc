-- Removes a route if it is still this session's, and publishes the change in the same step. With an heir, gives the peer
-- to that session under the next epoch instead.
-- KEYS: route. ARGV: channel of the shard, peer, node, session, and of an heir: node, session, lease in ms.
-- Returns 1 if it did, 0 otherwise.
local held = redis.call('GET', KEYS[1])
local session = ARGV[3] .. ' ' .. ARGV[4] .. ' '
if not held or string.sub(held, 1, #session) ~= session then
  return 0
end
local epoch = string.sub(held, #session + 1)
if ARGV[5] then
  -- %.0f: Lua would print a number of this size as 1.7e+15.
  local value = ARGV[5] .. ' ' .. ARGV[6] .. ' ' .. string.format('%.0f', tonumber(epoch) + 1)
  redis.call('SET', KEYS[1], value, 'PX', ARGV[7])
  redis.call('SPUBLISH', ARGV[1], 'ONLINE ' .. ARGV[2] .. ' ' .. value)
else
  redis.call('DEL', KEYS[1])
  redis.call('SPUBLISH', ARGV[1], 'OFFLINE ' .. ARGV[2] .. ' ' .. epoch)
end
return 1
