const mean = (of) => of.reduce((a, b) => a + b, 0) / of.length;
/** Half of the range: what seeds make of it. */
const spread = (of) => (Math.max(...of) - Math.min(...of)) / 2;

const digits = {
  accuracy: (x) => x.toFixed(4),
  "kappa temporal": (x) => (Number.isFinite(x) ? x.toFixed(3) : "–"),
  auc: (x) => x.toFixed(4),
  "events/s": (x) => Math.round(x).toLocaleString("en-US"),
  MB: (x) => x.toFixed(1),
};
const inDigits = (name, x) => (digits[name] ?? ((v) => v.toPrecision(4)))(x);

/** A contestant's readings of all seeds as cells; what differs has ± half of its range. */
const cellOf = (name, values) => {
  if (name === "events/s" || name === "MB") return inDigits(name, mean(values));
  const text = inDigits(name, mean(values));
  return spread(values) > 0 ? `${text} ±${inDigits(name, spread(values))}` : text;
};

/** One table of a stream: a row a contestant. */
export const tableOf = ({ results }) => {
  const names = Object.keys(results[0].seeds[0]);
  return [
    ["", ...names],
    ...results.map(({ name, seeds }) => [
      name,
      ...names.map((one) =>
        cellOf(
          one,
          seeds.map((seed) => seed[one]),
        ),
      ),
    ]),
  ];
};

/** Columns under each other, numbers to the right. */
export const textOf = (rows) => {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map(
      (row) =>
        `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ")}`,
    )
    .join("\n");
};

export const markdownOf = (measured) =>
  measured
    .map((one) => {
      const [head, ...rows] = tableOf(one);
      const line = (cells) => `| ${cells.join(" | ")} |`;
      return [
        `## ${one.stream}`,
        "",
        `${one.events} events`,
        "",
        line(head),
        line(head.map(() => "---")),
        ...rows.map(line),
        "",
      ].join("\n");
    })
    .join("\n");
