-- Enters partitions met for the first time: where each starts, and the end it must pass before the
-- version counts as whole. KEYS: current, offsets, ends. ARGV: version, how many partitions the
-- topic has, then for each partition: number, low, high. Answers where to go on, in the same order.
local answer = {}
for i = 3, #ARGV, 3 do
    redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1])
    redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[i + 2])
    answer[#answer + 1] = redis.call('HGET', KEYS[2], ARGV[i])
end
show_when_whole(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2])
return answer
