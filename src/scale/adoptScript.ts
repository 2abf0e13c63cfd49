/**
 * Gives what strangers have added to the stream past the log a place in its order, without what it says: KEYS are the stream, the hash
 * of who wrote last, and a key to build the stream anew under, since ids only grow and a stranger's may be any. What strangers add is behind
 * all that was appended, so whoever appends or reads next brings it in order for all.
 */
export const adoptScript = `
local function number(n) return string.format("%.0f", n) end
local function adopt()
  local ended = redis.call("HGET", KEYS[2], "") or "0"
  redis.call("DEL", KEYS[3])
  local from = "-"
  while true do
    local entry = redis.call("XRANGE", KEYS[1], from, ended .. "-0", "COUNT", 1)[1]
    if not entry then break end
    redis.call("XADD", KEYS[3], entry[1], unpack(entry[2]))
    from = "(" .. entry[1]
  end
  while true do
    local entry = redis.call("XRANGE", KEYS[1], ended .. "-1", "+", "COUNT", 1)[1]
    if not entry then break end
    local next = number(redis.call("HINCRBY", KEYS[2], "", 1))
    redis.call("XADD", KEYS[3], next .. "-0", "foreign", entry[1])
    redis.call("XDEL", KEYS[1], entry[1])
  end
  redis.call("DEL", KEYS[1])
  if redis.call("EXISTS", KEYS[3]) == 1 then redis.call("RENAME", KEYS[3], KEYS[1]) end
  redis.call("HINCRBY", KEYS[2], ":adopted", 1)
end
local ended = redis.call("HGET", KEYS[2], "") or "0"
if redis.call("XRANGE", KEYS[1], ended .. "-1", "+", "COUNT", 1)[1] then adopt() end`;
