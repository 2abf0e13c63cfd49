/**
 * Appends once: KEYS are the stream and the hash of who wrote last, ARGV the writer, the sequence that is expected, an id, and the
 * body. Answers 1 and the sequence, or 0 and what is the last.
 */
export const appendScript = `
local last = redis.call("HGET", KEYS[2], ARGV[1])
local sequence, id = "0", false
if last then sequence, id = string.match(last, "^(%d+) (.*)$") end
if id == ARGV[3] then return {1, sequence} end
if sequence ~= ARGV[2] then return {0, sequence} end
local next = string.format("%.0f", redis.call("HINCRBY", KEYS[2], "", 1))
redis.call("XADD", KEYS[1], next .. "-0", "writer", ARGV[1], "body", ARGV[4])
redis.call("HSET", KEYS[2], ARGV[1], next .. " " .. ARGV[3])
return {1, next}`;
