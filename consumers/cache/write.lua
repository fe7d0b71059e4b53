-- Writes one batch of one dataset whole, or nothing: Redis runs a script alone (invariant 3).
-- KEYS: current, rows, order, offsets, ends, changed.
-- ARGV: version, how many partitions the topic has, newest commit time (µs),
--   how many moves, for each move: partition, start, next;
--   whether the last record of each key was seen to ('1'), or is to be looked at first;
--   then for each row: open key, order key and commit time as text, JSON ('' = closed).
-- Answers how many rows were written; 'lost' / 'taken' when a partition is not where we left it; or,
--   with nothing written, a list of what stands although a later record is older: key, order key and
--   commit time, JSON ('' = closed), each of them to be written to the topic again.
local moves = tonumber(ARGV[4])
local first_row = 6 + moves * 3
for i = 5, first_row - 2, 3 do  -- Invariant 1: the cache says where we stand
    local held = redis.call('HGET', KEYS[4], ARGV[i])
    if not held or tonumber(held) < tonumber(ARGV[i + 1]) then
        return redis.status_reply('lost')  -- emptied, or an older state came back
    elseif held ~= ARGV[i + 1] then
        return redis.status_reply('taken')
    end
end
-- Texts are compared whole: equal order keys are one version, whose commit time is one.
local row, stored, behind, written = {}, {}, {}, 0
for i = first_row, #ARGV, 3 do
    local key, order = ARGV[i], ARGV[i + 1]
    local held = row[key] and ARGV[row[key] + 1] or stored[key] or redis.call('HGET', KEYS[3], key)
    if not held or held < order then  -- Invariant 4
        row[key], behind[key] = i, nil
        written = written + 1
    else
        stored[key] = not row[key] and held or nil
        behind[key] = order < held or nil
    end
end
if next(behind) and ARGV[first_row - 1] ~= '1' then
    local again = {}
    for key in pairs(behind) do
        local i = row[key]
        again[#again + 1] = key
        again[#again + 1] = i and ARGV[i + 1] or stored[key]
        again[#again + 1] = i and ARGV[i + 2] or redis.call('HGET', KEYS[2], key) or ''
    end
    return again
end
for key, i in pairs(row) do
    redis.call('HSET', KEYS[3], key, ARGV[i + 1])
    if ARGV[i + 2] == '' then
        redis.call('HDEL', KEYS[2], key)
    else
        redis.call('HSET', KEYS[2], key, ARGV[i + 2])
    end
end
local changed = redis.call('GET', KEYS[6])
if written > 0 and (not changed or tonumber(changed) < tonumber(ARGV[3])) then
    redis.call('SET', KEYS[6], ARGV[3])
end
for i = 5, first_row - 2, 3 do
    redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 2])
end
show_when_whole(KEYS[1], KEYS[4], KEYS[5], ARGV[1], ARGV[2])
return written
