import {
  accuracy,
  type Classified,
  category,
  classes,
  features,
  hashedWords,
  isInvalidInput,
  kappaTemporal,
  numeric,
  type OnlineClassifier,
  onlineClassifier,
  random,
} from "rxgrad";
import { from, lastValueFrom, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";

interface Visit {
  readonly age: number;
  readonly city: string;
}
type Labelled = { readonly event: Visit; readonly label: string };

const schema = () =>
  features<Visit>()({ age: numeric({ missing: "mean" }), city: category({ capacity: 3 }) });
const cities = ["Oslo", "Rome", "Lima", "Bonn", "Kyiv"];
const visits = (count: number, seed = 1, towns = 3): Labelled[] => {
  const r = random(seed);
  return Array.from({ length: count }, () => {
    const event = { age: 40 + 20 * r.normal(), city: cities[r.below(towns)]! };
    const label = event.city === "Lima" ? "south" : event.age > 40 ? "old" : "young";
    return { event, label };
  });
};
const taught = (given: readonly Labelled[], make = () => onlineClassifier(schema(), { seed: 1 })) => {
  const own = make();
  for (const { event, label } of given) own.learnOne(event, label);
  return own;
};
const weightsOf = (own: Pick<OnlineClassifier<never>, "models">) =>
  Object.values(own.models).map(({ parameters }) => parameters.map(({ value }) => Array.from(value.data)));
const plain = ({ label, probabilities, said, after }: Classified) => ({
  label,
  probabilities: [...probabilities],
  said: said.map((one) => Array.from(one)),
  after,
});

describe("onlineClassifier()", () => {
  it("learns classes that depend on numbers and categories", () => {
    const own = taught(visits(1500));
    const right = visits(500, 2).filter(({ event, label }) => own.predictOne(event).label === label);
    expect(right.length).toBeGreaterThan(460);
  });

  it("answers in learnOne what predictOne would have said, whatever is new", () => {
    const own = onlineClassifier(schema(), { classes: classes({ capacity: 3, full: "evict" }) });
    const labels = ["a", "b", "c", "d"];
    visits(300, 1, 5).forEach(({ event }, i) => {
      const said = own.predictOne(event);
      const learned = own.learnOne(event, labels[(i % 2) + Math.floor(i / 100)]!);
      expect(learned.label).toBe(said.label);
      expect(plain(learned).probabilities.length).toBe(said.probabilities.size);
      for (const [label, p] of said.probabilities) expect(learned.probabilities.get(label)).toBeCloseTo(p, 6);
    });
  });

  it("changes nothing when it predicts", () => {
    const own = taught(visits(50));
    const [state, weights] = [structuredClone(own.state), weightsOf(own)];
    for (const { event } of visits(50, 2)) own.predictOne({ ...event, city: "Nuuk" });
    expect(own.state).toEqual(state);
    expect(weightsOf(own)).toEqual(weights);
  });

  it("gives probabilities that sum to 1 over the labels that were seen, and nothing before the first", () => {
    const own = onlineClassifier(schema());
    const [{ event }] = visits(1) as [Labelled];
    expect(own.predictOne(event)).toMatchObject({ label: undefined, after: -1 });
    expect(own.predictOne(event).probabilities.size).toBe(0);
    own.learnOne(event, "a");
    own.learnOne(event, "b");
    const { probabilities } = own.predictOne(event);
    expect([...probabilities.keys()]).toEqual(["a", "b"]);
    expect([...probabilities.values()].reduce((x, y) => x + y)).toBeCloseTo(1, 12);
  });

  it("is the same for the same seed, and another for another", () => {
    const said = (seed: number) =>
      plain(taught(visits(100), () => onlineClassifier(schema(), { seed })).predictOne(visits(1)[0]!.event));
    expect(said(3)).toEqual(said(3));
    expect(said(4)).not.toEqual(said(3));
  });

  it("leaves the weights of labels at zero until they appear", () => {
    const own = onlineClassifier(schema(), { classes: classes({ capacity: 4 }) });
    const columnOf = (j: number) =>
      Object.values(own.models).flatMap(({ parameters }) =>
        parameters.slice(-2).flatMap(({ value }) => Array.from(value.data).filter((_, i) => i % 4 === j)),
      );
    for (const { event, label } of visits(200)) own.learnOne(event, label === "old" ? "a" : "b");
    expect(columnOf(0).some((w) => w !== 0)).toBe(true);
    expect([...columnOf(2), ...columnOf(3)].every((w) => w === 0)).toBe(true);
    own.learnOne(visits(1)[0]!.event, "c");
    expect(columnOf(2).some((w) => w !== 0)).toBe(true);
    expect(columnOf(3).every((w) => w === 0)).toBe(true);
  });

  it("forgets the label whose place another takes", () => {
    const own = onlineClassifier(schema(), { classes: classes({ capacity: 2, full: "evict" }) });
    for (const { event } of visits(100)) own.learnOne(event, event.age > 40 ? "old" : "young");
    const last = own.state.last;
    own.learnOne(visits(1)[0]!.event, "new");
    const { probabilities } = own.predictOne(visits(1)[0]!.event);
    expect(probabilities.size).toBe(2);
    expect(probabilities.has("new")).toBe(true);
    expect(own.state.habit.prior[own.state.last]).toBe(1);
    expect(own.state.last).not.toBe(last);
  });

  it("forgets what it has learned of a column when another category gets it", () => {
    const own = taught(visits(600));
    const rowOf = (j: number) => {
      const { value } = own.models.steady!.parameters[0]!;
      return Array.from(value.data.subarray(j * value.cols, (j + 1) * value.cols), Math.abs);
    };
    for (const column of [1, 2, 3]) expect(Math.max(...rowOf(column))).toBeGreaterThan(0.1);
    own.learnOne({ age: 50, city: "Nuuk" }, "old");
    const { renewed } = own.state.rows.schema;
    expect(renewed.length).toBe(1);
    expect(Math.max(...rowOf(renewed[0]!))).toBeLessThan(0.04); // of Adam's one step
  });

  it("judges by what was said when the label comes late", () => {
    const own = taught(visits(100));
    const [{ event }] = visits(1, 9) as [Labelled];
    const answer = own.predictOne(event);
    for (const visit of visits(10, 3)) own.learnOne(visit.event, visit.label);
    const row = [...own.state.habit.after[answer.after]!];
    own.state.last = (answer.after + 1) % 3;
    expect(own.learnOne(event, "south", answer)).toBe(answer);
    expect(own.state.habit.after[answer.after]).not.toEqual(row);
  });

  it("refuses an event, a label, and one too many, and nothing changes", () => {
    const strict = features<Visit>()({
      age: numeric({ missing: "reject" }),
      city: category({ capacity: 3 }),
    });
    const own = taught(visits(20), () => onlineClassifier(strict, { classes: classes({ capacity: 3 }) }));
    const [state, weights] = [structuredClone(own.state), weightsOf(own)];
    const refused = (job: () => unknown) => {
      let error: unknown;
      try {
        job();
      } catch (thrown) {
        error = thrown;
      }
      expect(isInvalidInput(error), String(error)).toBe(true);
      return String(error);
    };
    const fine = { age: 1, city: "Oslo" };
    refused(() => own.learnOne({ age: Number.NaN, city: "Nuuk" }, "old"));
    refused(() => own.learnOne(fine, Number.NaN));
    expect(refused(() => own.learnOne(fine, "a fourth"))).toContain(
      'onlineClassifier() expects one of 3 classes, got "a fourth", for which there is no room',
    );
    expect(own.state).toEqual(state);
    expect(weightsOf(own)).toEqual(weights);
    refused(() => onlineClassifier(schema(), { sead: 1 } as never));
    refused(() => onlineClassifier({} as never));
  });

  it("keeps plain data that does not grow", () => {
    const own = taught(visits(300));
    const length = () => JSON.stringify(own.state).length;
    const before = length();
    visits(2000, 5).forEach(({ event, label }, i) => {
      own.learnOne({ ...event, city: `city ${i}` }, label);
    });
    expect(length()).toBeLessThan(1.2 * before);
    expect(JSON.parse(JSON.stringify(own.state))).toEqual(own.state);
  });

  it("goes on after numbers of any size", () => {
    const own = taught(visits(300));
    const r = random(4);
    const sizes = [1e300, -1.7e308, 1.7e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY];
    for (const { event, label } of visits(12, 6)) own.learnOne({ ...event, age: sizes[r.below(6)]! }, label);
    for (const { event, label } of visits(1500, 7)) own.learnOne(event, label);
    expect(own.state.mixture.failed).toEqual([]);
    const right = visits(300, 2).filter(({ event, label }) => own.predictOne(event).label === label);
    expect(right.length).toBeGreaterThan(260);
  });

  it("reads words", () => {
    const own = onlineClassifier(features<{ text: string }>()({ text: hashedWords(2 ** 10) }));
    const mails = ["win money now", "we meet at noon", "money for nothing", "the minutes we took at noon"];
    const r = random(1);
    for (let i = 0; i < 400; i++) {
      const which = r.below(4); // in turns, the labels themselves would be all that there is to know
      own.learnOne({ text: `${mails[which]} ${i}` }, which % 2 === 0 ? "spam" : "ham");
    }
    expect(own.predictOne({ text: "win money for nothing" }).label).toBe("spam");
    expect(own.predictOne({ text: "we meet at noon" }).label).toBe("ham");
  });

  it("tells metrics of the probability of the second of two labels", async () => {
    const own = onlineClassifier(schema(), { classes: classes({ capacity: 2 }) });
    const metrics = { accuracy: accuracy(), kappa: kappaTemporal() };
    const two = visits(800).map(({ event }) => ({ event, label: event.age > 40 }));
    const last = await lastValueFrom(from(two).pipe(own.learn({ metrics })));
    expect([last.prediction.cols, last.target.cols]).toEqual([1, 1]);
    expect(last.metrics.accuracy).toBeGreaterThan(0.9);
    expect(last.metrics.kappa).toBeGreaterThan(0.8);
  });

  it("leaves out what is refused, on demand", async () => {
    const own = onlineClassifier(schema(), { classes: classes({ capacity: 2 }) });
    const left: unknown[] = [];
    const steps$ = from(visits(30)).pipe(
      own.learn({ onInvalid: "skip", rejected: ({ label }) => left.push(label) }),
    );
    const steps = await lastValueFrom(steps$.pipe(toArray()));
    expect(left.length).toBeGreaterThan(0);
    expect(steps.length).toBe(30 - left.length);
  });
});

const few = visits(5);
const shared = "the classifier is what learns, and every subscription teaches it";

operatorLaws<Labelled, unknown>("onlineClassifier().learn", {
  operator: () => onlineClassifier(schema()).learn(),
  items: few,
  expected: (items) => items.map((item) => expect.objectContaining({ item })),
  sharesState: shared,
});

operatorLaws<Visit, unknown>("onlineClassifier().predict", {
  operator: () => taught(visits(20)).predict(),
  items: few.map(({ event }) => event),
  expected: (items) => items.map(() => expect.objectContaining({ label: expect.any(String) })),
});
