/**
 * Sets a pointer, a stream of one entry, once: KEYS is the stream, ARGV the revision that is expected, an id, and the value.
 * Answers 1 and the revision, or 0 and what is the present one. Ids only grow, so where a stranger's is too large to go on behind, the
 * stream begins anew, at microseconds of the clock, which no count of ours has come to.
 */
export const pointerScript = `
local last = redis.call("XREVRANGE", KEYS[1], "+", "-", "COUNT", 1)[1]
local revision = last and string.match(last[1], "^%d+") or "0"
if last and last[2][2] == ARGV[2] then return {1, revision} end
local largest = 9007199254740991
if tonumber(revision) > largest then revision = string.format("%.0f", largest) end
if revision ~= ARGV[1] then return {0, revision} end
local next = string.format("%.0f", revision + 1)
local function set() return redis.pcall("XADD", KEYS[1], "MAXLEN", 1, next .. "-0", "id", ARGV[2], "value", ARGV[3]) end
local added = tonumber(revision) < largest and set()
if type(added) ~= "string" then
  local now = redis.call("TIME")
  next = now[1] .. string.format("%06d", now[2])
  redis.call("DEL", KEYS[1])
  added = set()
  if type(added) ~= "string" then return added end
end
return {1, next}`;
