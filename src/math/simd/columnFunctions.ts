import { type Code, type FunctionSpec, i32, type Local, type Scope } from "./assembler.ts";
import {
  addDoubles,
  allTrue,
  and,
  andNot,
  choose,
  divDoubles,
  double,
  equal,
  equalDoubles,
  four,
  greaterDoubles,
  iadd,
  int,
  isub,
  load,
  loop,
  mulDoubles,
  shuffle,
  splatDouble,
  store,
  sub,
  subDoubles,
  twoDoubles,
  twoSingles,
  when,
} from "./instructions.ts";
import { upper, vectors } from "./over.ts";

/** Doubles of two columns, which lie together: these many bytes of them, one after the other. */
const pair = 16;

/** A function of rows of floats: it visits them four at a time, along with `size` bytes of statistics for every two columns. */
const byColumns = (
  name: string,
  size: number,
  visit: (scope: Scope, x: Code, stats: Code) => Code,
): FunctionSpec => ({
  name,
  parameters: [i32, i32, i32, i32],
  body: (scope) => {
    const [x, stats, rows, bytes] = scope.parameters as readonly [Local, Local, Local, Local];
    const [i, j, s] = [scope.local(i32), scope.local(i32), scope.local(i32)];
    return loop(i, int(0), rows.get, 1, [
      s.set(stats.get),
      loop(j, int(0), bytes.get, 16, [
        visit(scope, iadd(x.get, j.get), s.get),
        s.set(iadd(s.get, int(2 * size))),
      ]),
      x.set(iadd(x.get, bytes.get)),
    ]);
  },
});

/** Whether x is finite: NaN and Infinity, less themselves, are NaN. */
const finite = (x: Local): Code => equalDoubles(subDoubles(x.get, x.get), four(0));

/**
 * Rows of floats by columns, in doubles and in the order of operations of the loops in TypeScript, so that the bytes are the
 * same; each is a function of x, statistics, the number of rows, and the bytes of a row. The last visit of a row goes up to
 * three floats beyond it.
 *
 * see: Welford's step for every row; the statistics of two columns are their weights, origins, which are known before,
 * shifts and m2. standardize: by means and deviations; writes 16 bytes before where it reads, so that nothing is
 * overwritten that is still to be read, and what the last visit wrote too much is written anew by the next row.
 */
export const columnFunctions = (): readonly FunctionSpec[] => [
  byColumns("see", 4 * pair, (scope, x, at) => {
    const [v, whole, seen, d, shift, weight] = vectors(scope, 6);
    const two = (ahead: number, all: boolean): Code => {
      const ifSeen = (numbers: Code): Code => (all ? numbers : and(seen.get, numbers));
      return [
        whole.set(twoDoubles(ahead ? upper(v.get) : v.get)),
        all ? [] : seen.set(finite(whole)),
        weight.set(addDoubles(load(at, ahead), ifSeen(splatDouble(double(1))))),
        store(at, weight.get, ahead),
        whole.set(subDoubles(whole.get, load(at, ahead + pair))),
        shift.set(load(at, ahead + 2 * pair)),
        d.set(subDoubles(whole.get, shift.get)),
        shift.set(addDoubles(shift.get, ifSeen(divDoubles(d.get, weight.get)))),
        store(at, shift.get, ahead + 2 * pair),
        d.set(mulDoubles(d.get, subDoubles(whole.get, shift.get))),
        store(at, addDoubles(load(at, ahead + 3 * pair), ifSeen(d.get)), ahead + 3 * pair),
      ];
    };
    const fourColumns = (all: boolean): Code => [two(0, all), two(4 * pair, all)];
    return [
      v.set(load(x)),
      when(allTrue(equal(sub(v.get, v.get), four(0))), fourColumns(true), fourColumns(false)),
    ];
  }),
  byColumns("standardize", 2 * pair, (scope, x, at) => {
    const [v, whole, s, low] = vectors(scope, 4);
    const two = (ahead: number): Code => [
      whole.set(twoDoubles(ahead ? upper(v.get) : v.get)),
      s.set(load(at, ahead + pair)),
      twoSingles(
        choose(
          divDoubles(subDoubles(whole.get, load(at, ahead)), s.get),
          andNot(whole.get, and(equalDoubles(s.get, four(0)), finite(whole))),
          greaterDoubles(s.get, four(0)),
        ),
      ),
    ];
    return [
      v.set(load(x)),
      low.set(two(0)),
      store(isub(x, int(16)), shuffle(low.get, two(2 * pair), [0, 1, 4, 5])),
    ];
  }),
];
