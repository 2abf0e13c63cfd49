import { adoptScript } from "./adoptScript.ts";

/**
 * Appends once, behind what strangers have added: KEYS are those of the adopting script, ARGV the writer, the sequence that is expected,
 * an id, and the body. Answers 1 and the sequence, or 0 and what is the last.
 */
export const appendScript: string = `${adoptScript}
local last = redis.call("HGET", KEYS[2], ARGV[1])
local sequence, id = "0", false
if last then sequence, id = string.match(last, "^(%d+) (.*)$") end
if id == ARGV[3] then return {1, sequence} end
if sequence ~= ARGV[2] then return {0, sequence} end
local next = number(redis.call("HINCRBY", KEYS[2], "", 1))
local add = {"XADD", KEYS[1], next .. "-0", "writer", ARGV[1], "body", ARGV[4]}
local added = redis.pcall(unpack(add))
if type(added) == "table" and added.err then
  adopt() -- a stranger has added and deleted, and ids go on behind that
  redis.call(unpack(add))
end
redis.call("HSET", KEYS[2], ARGV[1], next .. " " .. ARGV[3])
return {1, next}`;
