import { type Code, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { type Count, code } from "./count.ts";
import { add, four, iadd, imul, int, load, loop, storeLanes } from "./instructions.ts";

const float = 4;

/** c = Σ over the rows of a, which are `cols` floats long. */
export const sumRows = (
  scope: Scope,
  { rows, cols, a, c, accumulate }: { rows: Count; cols: number; a: Local; c: Local; accumulate: boolean },
): Code => {
  const ai = scope.local(i32);
  const j = scope.local(i32);
  const sum = scope.local(v128);
  const part = (at: Code, width: number): Code => [
    sum.set(accumulate ? load(iadd(c.get, at)) : four(0)),
    loop(ai, iadd(a.get, at), iadd(iadd(a.get, at), imul(code(rows), int(cols * float))), cols * float, [
      sum.set(add(sum.get, load(ai.get))),
    ]),
    storeLanes(iadd(c.get, at), sum, width),
  ];
  const fours = cols >> 2;
  return [
    fours ? loop(j, int(0), int(fours * 16), 16, part(j.get, 4)) : [],
    cols % 4 ? part(int(fours * 16), cols % 4) : [],
  ];
};
