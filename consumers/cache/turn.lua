-- Shows another version of a dataset, if it holds all it must; else changes nothing (invariant 3).
-- KEYS: current, offsets of the version. ARGV: version, then for each partition: number, end.
-- Answers the version that was shown before ('' = none), or false where it does not hold all yet.
for i = 2, #ARGV, 2 do
    local offset = redis.call('HGET', KEYS[2], ARGV[i])
    if not offset or tonumber(offset) < tonumber(ARGV[i + 1]) then
        return false
    end
end
local before = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1])
return before or ''
