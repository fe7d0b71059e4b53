-- Enters partitions met for the first time: where each starts, and the end it must pass before the
-- version counts as whole. KEYS: current, offsets, ends. ARGV: version, how many partitions the
-- topic has, then for each partition: number, low, high. Answers where to go on, in the same order.
local answer = {}
for i = 3, #ARGV, 3 do
    redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1])
    redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[i + 2])
    answer[#answer + 1] = redis.call('HGET', KEYS[2], ARGV[i])
end
if redis.call('EXISTS', KEYS[1]) == 0 then
    for partition = 0, ARGV[2] - 1 do
        local offset = redis.call('HGET', KEYS[2], partition)
        local finish = redis.call('HGET', KEYS[3], partition)
        if not offset or not finish or tonumber(offset) < tonumber(finish) then
            return answer
        end
    end
    redis.call('SET', KEYS[1], ARGV[1])
end
return answer
