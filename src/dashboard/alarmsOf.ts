/** Where a step tells of drift: `[["drift"], ["alarm"], ["metrics", "alarm"]]`. */
export type AlarmPath = readonly [string] | readonly [string, string];

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const tells = (value: unknown): boolean =>
  value === "none" || value === "warning" || value === "drift" || typeof value === "boolean";
const isReading = (value: unknown): boolean => isObject(value) && typeof value.drift === "boolean";

/** The parts of a step that are readings of drift detectors, or what `adapting` says of them. */
export const alarmPaths = (step: unknown): readonly AlarmPath[] => {
  if (!isObject(step)) return [];
  const top = Object.keys(step).flatMap((name): AlarmPath[] =>
    (name === "drift" && tells(step[name])) || isReading(step[name]) ? [[name]] : [],
  );
  const { metrics } = step;
  if (!isObject(metrics)) return top;
  const inner = Object.keys(metrics).filter((name) => isReading(metrics[name]));
  return [...top, ...inner.map((name): AlarmPath => ["metrics", name])];
};

/** Which of these parts of a step tell of drift now, in words. */
export const alarmsOf = (step: unknown, paths: readonly AlarmPath[]): readonly string[] => {
  if (!isObject(step)) return [];
  return paths.flatMap((path) => {
    const outer = step[path[0]];
    const value = path[1] === undefined ? outer : isObject(outer) ? outer[path[1]] : undefined;
    if (value !== "drift" && value !== true && !(isObject(value) && value.drift === true)) return [];
    const name = path[path.length - 1]!;
    const acted = typeof step.adapted === "string" && step.adapted !== "none" ? `: ${step.adapted}` : "";
    return [name === "drift" ? `drift${acted}` : `drift of ${name}${acted}`];
  });
};
