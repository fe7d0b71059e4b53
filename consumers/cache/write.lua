-- Writes one batch of one dataset whole, or nothing: Redis runs a script alone (invariant 3).
-- KEYS: current, rows, order, offsets, ends, changed.
-- ARGV: version, how many partitions the topic has, newest commit time (µs),
--   how many moves, for each move: partition, start, next;
--   then for each row: open key, order key as text, JSON ('' = closed).
-- Answers how many rows were written, or 'lost' / 'taken' when a partition is not where we left it.
local moves = tonumber(ARGV[4])
local first_row = 5 + moves * 3
for i = 5, first_row - 1, 3 do  -- Invariant 1: the cache says where we stand
    local held = redis.call('HGET', KEYS[4], ARGV[i])
    if not held or tonumber(held) < tonumber(ARGV[i + 1]) then
        return redis.status_reply('lost')  -- emptied, or an older state came back
    elseif held ~= ARGV[i + 1] then
        return redis.status_reply('taken')
    end
end
local written = 0
for i = first_row, #ARGV, 3 do
    local held = redis.call('HGET', KEYS[3], ARGV[i])
    if not held or held < ARGV[i + 1] then  -- Invariant 4
        redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1])
        if ARGV[i + 2] == '' then
            redis.call('HDEL', KEYS[2], ARGV[i])
        else
            redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
        end
        written = written + 1
    end
end
local changed = redis.call('GET', KEYS[6])
if written > 0 and (not changed or tonumber(changed) < tonumber(ARGV[3])) then
    redis.call('SET', KEYS[6], ARGV[3])
end
for i = 5, first_row - 1, 3 do
    redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 2])
end
show_when_whole(KEYS[1], KEYS[4], KEYS[5], ARGV[1], ARGV[2])
return written
