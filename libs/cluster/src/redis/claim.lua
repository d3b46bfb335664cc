-- Gives a peer to a session, whichever session had it, and publishes the change in the same step.
-- KEYS: route. ARGV: channel of the shard, peer, node, session, lease in ms, and optionally an epoch that the new one must
-- exceed.
-- Returns the new epoch and the displaced value (false if there was none).
local displaced = redis.call('GET', KEYS[1])
local time = redis.call('TIME')
local epoch = tonumber(time[1]) * 1000000 + tonumber(time[2])
local old = displaced and tonumber(string.match(displaced, ' (%d+)$'))
if old and old >= epoch then
  epoch = old + 1
end
local above = tonumber(ARGV[6] or '0')
if above >= epoch then
  epoch = above + 1
end
-- %.0f: Lua would print a number of this size as 1.7e+15.
local value = ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. string.format('%.0f', epoch)
redis.call('SET', KEYS[1], value, 'PX', ARGV[5])
redis.call('SPUBLISH', ARGV[1], 'ONLINE ' .. ARGV[2] .. ' ' .. value)
return { epoch, displaced }
