/** Is told of each number among readings, by its name: `accuracy`, `report.f1`; and of whom, if it is a baseline's. */
export type Told = (name: string, value: number, baseline?: string) => void;

/**
 * Finds the numbers among what metrics read: those of forms of several metrics by their path, those beside baselines by who they
 * are of. What is no number, such as a matrix, is left out.
 */
export const eachReading = (readings: object, told: Told, path = "", depth = 0): void => {
  for (const key in readings) {
    const reading = (readings as Record<string, unknown>)[key];
    const name = path === "" ? key : `${path}.${key}`;
    if (typeof reading === "number") told(name, reading);
    else if (isRecord(reading) && depth < deepest) {
      if ("model" in reading && "noChange" in reading) beside(name, reading, told);
      else eachReading(reading, told, name, depth + 1);
    }
  }
};

const deepest = 3;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !("data" in value);

/** What withBaselines reads. */
const beside = (name: string, reading: Readonly<Record<string, unknown>>, told: Told): void => {
  for (const who in reading) {
    const baseline = who === "model" ? undefined : who;
    const value = reading[who];
    if (typeof value === "number") told(name, value, baseline);
    else if (isRecord(value)) eachReading(value, (inner, v) => told(inner, v, baseline), name);
  }
};
