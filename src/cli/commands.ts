import type { Command } from "commander";
import { evaluate } from "./evaluate.ts";
import { inspect } from "./inspect.ts";
import { predict } from "./predict.ts";
import { serve } from "./serve.ts";
import { train } from "./train.ts";

/** One a file, in the order of the help. */
export const commands: readonly (() => Command)[] = [train, evaluate, predict, inspect, serve];
