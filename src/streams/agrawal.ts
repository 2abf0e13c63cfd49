import {
  concept,
  inTurns,
  type Pullable,
  type SyntheticOptions,
  type SyntheticSample,
  share,
  synthetic,
} from "./synthetic.ts";

export interface AgrawalOptions extends SyntheticOptions {
  /** By how much of their range the numbers are moved at random, at most, after they were labelled. */
  readonly perturbation?: number;
  /** As many of each class, in turns. */
  readonly balanced?: boolean;
}

type Rule = (
  salary: number,
  commission: number,
  age: number,
  elevel: number,
  hvalue: number,
  hyears: number,
  loan: number,
) => boolean;

const within = (v: number, from: number, to: number) => from * 1000 <= v && v <= to * 1000;
const byAge = <T>(age: number, young: T, middle: T, old: T): T =>
  age < 40 ? young : age < 60 ? middle : old;
const levels = (age: number, elevel: number) => byAge(age, [0, 1], [1, 2, 3], [2, 3, 4]).includes(elevel);
const income = (age: number, v: number) =>
  byAge(age, within(v, 50, 100), within(v, 75, 125), within(v, 25, 75));

/** Who belongs to group A: the functions 1 … 10 of the paper. */
const rules: readonly Rule[] = [
  (_s, _c, age) => age < 40 || age >= 60,
  (salary, _c, age) => income(age, salary),
  (_s, _c, age, elevel) => levels(age, elevel),
  (salary, _c, age, elevel) =>
    levels(age, elevel)
      ? byAge(age, within(salary, 25, 75), within(salary, 50, 100), within(salary, 50, 100))
      : byAge(age, within(salary, 50, 100), within(salary, 75, 125), within(salary, 25, 75)),
  (salary, _c, age, _e, _v, _y, loan) =>
    income(age, salary)
      ? byAge(age, within(loan, 100, 300), within(loan, 200, 400), within(loan, 300, 500))
      : byAge(age, within(loan, 200, 400), within(loan, 300, 500), within(loan, 100, 300)),
  (salary, commission, age) => income(age, salary + commission),
  (salary, commission, _a, _e, _v, _y, loan) => (2 * (salary + commission)) / 3 - loan / 5 - 20_000 > 0,
  (salary, commission, _a, elevel) => (2 * (salary + commission)) / 3 - 5000 * elevel - 20_000 > 0,
  (salary, commission, _a, elevel, _v, _y, loan) =>
    (2 * (salary + commission)) / 3 - 5000 * elevel - loan / 5 - 10_000 > 0,
  (salary, commission, _a, elevel, hvalue, hyears) => {
    const equity = (hvalue * Math.max(hyears - 20, 0)) / 10;
    return (2 * (salary + commission)) / 3 - 5000 * elevel + equity / 5 - 10_000 > 0;
  },
];

/**
 * The loan applicants of Agrawal, Imieliński & Swami (IEEE TKDE 1993): x is salary, commission, age, elevel (0 … 4), car
 * (1 … 20), zipcode (0 … 8), hvalue, hyears and loan; y is 1 in group A of one of ten functions, 0 … 9. As in the paper,
 * which the versions of MOA and River left in the fifth function, and in what they call group A in the last four.
 * @throws InvalidInputError on a function or options out of range.
 */
export const agrawal = (
  which = 0,
  { perturbation = 0, balanced = false, ...options }: AgrawalOptions = {},
): Pullable<SyntheticSample> => {
  const actor = "agrawal()";
  const rule = concept(actor, rules, which);
  share(actor, "perturbation", perturbation);
  return synthetic(actor, ["perturbation", "balanced"], options, (rng) => {
    const between = (from: number, to: number) => from + (to - from) * rng.uniform();
    const applicant = (): SyntheticSample => {
      const salary = between(20_000, 150_000);
      const commission = salary >= 75_000 ? 0 : between(10_000, 75_000);
      const [age, elevel, car, zipcode] = [20 + rng.below(61), rng.below(5), 1 + rng.below(20), rng.below(9)];
      const hvalue = (9 - zipcode) * between(50_000, 150_000);
      const hyears = 1 + rng.below(30);
      const loan = between(0, 500_000);
      return {
        x: [salary, commission, age, elevel, car, zipcode, hvalue, hyears, loan],
        y: Number(rule(salary, commission, age, elevel, hvalue, hyears, loan)),
      };
    };
    const moved = (v: number, from: number, to: number) =>
      Math.min(Math.max(v + (to - from) * (2 * rng.uniform() - 1) * perturbation, from), to);
    const next = balanced ? inTurns(applicant) : applicant;
    if (perturbation === 0) return next;
    return () => {
      const { x, y } = next();
      const [salary, commission, age, elevel, car, zipcode, hvalue, hyears, loan] = x as number[];
      const house = (9 - zipcode!) * 50_000;
      return {
        x: [
          moved(salary!, 20_000, 150_000),
          commission! > 0 ? moved(commission!, 10_000, 75_000) : 0,
          Math.round(moved(age!, 20, 80)),
          elevel!,
          car!,
          zipcode!,
          moved(hvalue!, house, 3 * house),
          Math.round(moved(hyears!, 1, 30)),
          moved(loan!, 0, 500_000),
        ],
        y,
      };
    };
  });
};
