/** Numbers as they are read: three digits, no exponent. */
const digits = (x) =>
  x >= 1000 ? Math.round(x).toLocaleString("en-US") : Number(x.toPrecision(x < 1 ? 2 : 3)).toString();

const units = {
  train: { head: "µs a step", of: ({ microseconds }) => digits(microseconds) },
  sparse: { head: "µs a step", of: ({ microseconds }) => digits(microseconds) },
  predict: { head: "µs a batch", of: ({ microseconds }) => digits(microseconds) },
  pipe: { head: "events a second", of: ({ microseconds }) => digits(Math.round(1e6 / microseconds)) },
  hop: { head: "µs", of: ({ microseconds }) => digits(microseconds) },
  import: { head: "ms", of: ({ microseconds }) => digits(microseconds / 1000) },
  start: { head: "events a second", of: ({ microseconds }) => digits(Math.round(1e6 / microseconds)) },
};

/**
 * A workload's results as rows of cells: the fastest first, then those that did not run; ratios to rxgrad's first entry.
 * Beside the time by the clock stands that of the processor: it is less where the machine has other work to do.
 */
export const rowsOf = ({ task, results }) => {
  const base = results.find(({ name, failed }) => name.startsWith("rxgrad") && !failed);
  const speed = ({ failed, microseconds }) => (failed ? Number.POSITIVE_INFINITY : microseconds);
  const rows = [...results]
    .sort((a, b) => speed(a) - speed(b))
    .map((result) => {
      const { name, failed, microseconds, cpuMicroseconds, proof = "", note = "" } = result;
      if (failed) return [name, "—", "", "", "", failed];
      const ratio = base ? digits(microseconds / base.microseconds) : "";
      const cpu = cpuMicroseconds === undefined ? "" : digits(cpuMicroseconds);
      return [name, units[task].of(result), cpu, ratio, proof, note];
    });
  return [["", units[task].head, "CPU µs", `× ${base?.name ?? "rxgrad"}`, "proof", "note"], ...rows];
};

/** Columns under each other, numbers to the right. */
export const textOf = (rows) => {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const pad = (cell, i) => (i >= 1 && i <= 3 ? cell.padStart(widths[i]) : cell.padEnd(widths[i]));
  return rows.map((row) => `  ${row.map(pad).join("  ").trimEnd()}`).join("\n");
};

export const markdownOf = (rows) => {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(rows[0]), "|---|---:|---:|---:|---|---|", ...rows.slice(1).map(line)].join("\n");
};

/** Everyone in every workload of networks: by the clock, and by the processor's time. */
export const overviewOf = (measured) => {
  const networks = measured.filter(({ task }) => ["train", "sparse", "predict"].includes(task));
  const names = [...new Set(networks.flatMap(({ results }) => results.map(({ name }) => name)))];
  const heads = networks.map(({ name }) => name.replace(", batch ", " b").replace(/^train /, ""));
  const cell = (workload, name, key) => {
    const result = workload.results.find((one) => one.name === name);
    return result?.[key] === undefined ? "" : digits(result[key]);
  };
  if (networks.length === 0) return "";
  return [
    ["microseconds", "µs by the clock"],
    ["cpuMicroseconds", "µs of the processor"],
  ]
    .map(([key, title]) =>
      [
        `| ${title} | ${heads.join(" | ")} |`,
        `|---|${networks.map(() => "---:|").join("")}`,
        ...names.map((name) => `| ${name} | ${networks.map((one) => cell(one, name, key)).join(" | ")} |`),
      ].join("\n"),
    )
    .join("\n\n");
};

/** Where and when, in one sentence; nothing that names the machine. */
export const settingOf = ({ date, node, v8, flags, chromium, cpu, cores, load }) => {
  const engine = chromium ? `Chromium ${chromium}` : `Node ${node} (V8 ${v8})`;
  const flagged = flags.length ? ` with ${flags.join(" ")}` : "";
  return `${date.slice(0, 10)}, ${engine}${flagged}, ${cores} × ${cpu}, load ${load.map((x) => x.toFixed(1)).join(" → ")}.`;
};
