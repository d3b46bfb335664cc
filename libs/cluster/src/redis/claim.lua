-- Gives a peer to a session, whichever session had it, and publishes the change in the same step.
-- KEYS: route. ARGV: channel of the shard, peer, node, session, lease in ms, and optionally an epoch that the new one must
-- exceed.
-- Returns the new epoch and the displaced value (false if there was none).
local time = redis.call('TIME')
local epoch = tonumber(time[1]) * 1000000 + tonumber(time[2])
local above = tonumber(ARGV[6] or '0')
if above >= epoch then
  epoch = above + 1
end
-- %.0f: Lua would print a number of this size as 1.7e+15.
local function text()
  return ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. string.format('%.0f', epoch)
end
local value = text()
local displaced = redis.call('SET', KEYS[1], value, 'PX', ARGV[5], 'GET')
local old = displaced and tonumber(string.match(displaced, ' (%d+)$'))
if old and old >= epoch then
  -- The clock of this server is behind the one that gave the old epoch.
  epoch = old + 1
  value = text()
  redis.call('SET', KEYS[1], value, 'PX', ARGV[5])
end
redis.call('SPUBLISH', ARGV[1], 'ONLINE ' .. ARGV[2] .. ' ' .. value)
return { epoch, displaced }
