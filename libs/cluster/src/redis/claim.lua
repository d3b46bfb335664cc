-- Gives a peer to a session, whoever had it, and tells its watchers in the same step.
-- KEYS: route, feed channel (same slot). ARGV: node, session, lease in ms, and where given the epoch it has to outgrow.
-- Returns the new epoch and the displaced value (false where there was none).
local displaced = redis.call('GET', KEYS[1])
local time = redis.call('TIME')
local epoch = tonumber(time[1]) * 1000000 + tonumber(time[2])
local old = displaced and tonumber(string.match(displaced, ' (%d+)$'))
if old and old >= epoch then
  epoch = old + 1
end
local above = tonumber(ARGV[4] or '0')
if above >= epoch then
  epoch = above + 1
end
-- %.0f: Lua would print a number of this size as 1.7e+15.
local value = ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. string.format('%.0f', epoch)
redis.call('SET', KEYS[1], value, 'PX', ARGV[3])
redis.call('SPUBLISH', KEYS[2], 'ONLINE ' .. value)
return { epoch, displaced }
