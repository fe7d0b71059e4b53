-- Set before every script: shows a version once each partition of its topic has passed the end it had
-- when it was first met. Until then the portal goes on with the version before, or says 503.
local function show_when_whole(current, offsets, ends, version, partitions)
    if redis.call('EXISTS', current) == 1 then
        return
    end
    for partition = 0, partitions - 1 do
        local offset = redis.call('HGET', offsets, partition)
        local finish = redis.call('HGET', ends, partition)
        if not offset or not finish or tonumber(offset) < tonumber(finish) then
            return
        end
    end
    redis.call('SET', current, version)
end
