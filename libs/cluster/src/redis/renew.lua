-- Renews the routes of one shard. A route that is gone, or that an older session holds, is written again under its own
-- epoch. These are published together, a line each: after a restart that is all routes of the shard.
-- KEYS: routes. ARGV: channel of the shard, lease in ms, then for each route: peer, node, session, epoch.
-- Returns the positions, from 1, of the routes that a newer session holds.
local lost = {}
local written = {}
for index, key in ipairs(KEYS) do
  local at = 3 + (index - 1) * 4
  -- One command for the value and the lease. If another session holds the route, its lease is extended once.
  local held = redis.call('GETEX', key, 'PX', ARGV[2])
  local session = ARGV[at + 1] .. ' ' .. ARGV[at + 2] .. ' '
  if not held or string.sub(held, 1, #session) ~= session then
    local other = held and tonumber(string.match(held, ' (%d+)$'))
    if other and other >= tonumber(ARGV[at + 3]) then
      lost[#lost + 1] = index
    else
      redis.call('SET', key, session .. ARGV[at + 3], 'PX', ARGV[2])
      written[#written + 1] = 'ONLINE ' .. ARGV[at] .. ' ' .. session .. ARGV[at + 3]
    end
  end
end
if #written > 0 then
  redis.call('SPUBLISH', ARGV[1], table.concat(written, '\n'))
end
return lost
