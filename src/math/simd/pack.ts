import { type Code, i32, type Local, type Scope, v128 } from "./assembler.ts";
import { iadd, imul, int, load, loop, plus, shuffle, store } from "./instructions.ts";

/** Bytes from one line of a matrix to the next, and from one step of a sum to the next; one of the two is 4. */
export interface Stride {
  readonly line: number;
  readonly step: number;
}

/** How far `pack` may write beyond what it fills. */
export const spill: number = 4 * 16 * 4;

/**
 * Copies `lines` lines from `from` on, `steps` long, to `to`, so that what one step needs lies side by side, `width` floats
 * from step to step. Whole vectors are written, in rising order: what one writes too much the next one corrects.
 */
export const pack = (
  scope: Scope,
  {
    lines,
    width = lines,
    stride: { line, step },
    from,
    to,
    steps,
  }: { lines: number; width?: number; stride: Stride; from: Code; to: Code; steps: Code },
): Code => {
  const f = scope.local(i32);
  const t = scope.local(i32);
  const end = scope.local(i32);
  const wide = width * 4;
  const groups = Array.from({ length: Math.ceil(lines / 4) }, (_, g) => g);
  if (line === 4)
    return [
      t.set(to),
      f.set(from),
      end.set(iadd(f.get, imul(steps, int(step)))),
      loop(f, f.get, end.get, step, [
        groups.map((g) => store(t.get, load(f.get, 16 * g), 16 * g)),
        t.set(plus(t.get, wide)),
      ]),
    ];
  // lines become columns, four by four; lines that are missing are twins of the last
  const squares = groups.map((g) => square(scope, (r) => load(f.get, Math.min(4 * g + r, lines - 1) * line)));
  return [
    t.set(to),
    f.set(from),
    end.set(iadd(t.get, imul(steps, int(wide)))),
    loop(t, t.get, end.get, 4 * wide, [
      squares.map(({ code }) => code),
      [0, 1, 2, 3].map((k) => squares.map(({ column }, g) => store(t.get, column(k), k * wide + 16 * g))),
      f.set(plus(f.get, 16)),
    ]),
  ];
};

/** The transpose of four by four floats: their columns. */
const square = (scope: Scope, row: (r: number) => Code): { readonly code: Code; column(k: number): Code } => {
  const [a, b, c, d, ab, AB, cd, CD] = Array.from({ length: 8 }, () => scope.local(v128)) as Local[] as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const pairs = [
    [ab, cd, [0, 1, 4, 5]],
    [ab, cd, [2, 3, 6, 7]],
    [AB, CD, [0, 1, 4, 5]],
    [AB, CD, [2, 3, 6, 7]],
  ] as const;
  return {
    code: [
      [a, b, c, d].map((v, r) => v.set(row(r))),
      ab.set(shuffle(a.get, b.get, [0, 4, 1, 5])),
      AB.set(shuffle(a.get, b.get, [2, 6, 3, 7])),
      cd.set(shuffle(c.get, d.get, [0, 4, 1, 5])),
      CD.set(shuffle(c.get, d.get, [2, 6, 3, 7])),
    ],
    column: (k) => shuffle(pairs[k]![0].get, pairs[k]![1].get, pairs[k]![2]),
  };
};
