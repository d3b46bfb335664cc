-- Notes a node among those whose leases live, and forgets those whose leases have run out. The index itself runs out with
-- the last lease. All by this server's own clock, so that no gateway's clock takes part.
-- KEYS: index. ARGV: node, lease in ms.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
