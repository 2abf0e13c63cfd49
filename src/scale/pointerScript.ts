/**
 * Sets a pointer, a stream of one entry, once: KEYS is the stream, ARGV the revision that is expected, an id, and the value.
 * Answers 1 and the revision, or 0 and what is the present one.
 */
export const pointerScript = `
local last = redis.call("XREVRANGE", KEYS[1], "+", "-", "COUNT", 1)[1]
local revision = last and string.match(last[1], "^%d+") or "0"
if last and last[2][2] == ARGV[2] then return {1, revision} end
if revision ~= ARGV[1] then return {0, revision} end
local next = string.format("%.0f", revision + 1)
redis.call("XADD", KEYS[1], "MAXLEN", 1, next .. "-0", "id", ARGV[2], "value", ARGV[3])
return {1, next}`;
