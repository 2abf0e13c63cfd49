/** Rows of texts in columns, two spaces apart; those of numbers stand to the right. */
export const tableOf = (rows: readonly (readonly string[])[], numeric: readonly boolean[] = []): string => {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, j) =>
    Math.max(...rows.map((row) => (row[j] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, j) => (numeric[j] ? cell.padStart(widths[j]!) : cell.padEnd(widths[j]!)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
};

/** Names and what there is to say of each, broken between words where a line would be longer than 80. */
export const factsOf = (facts: readonly (readonly [name: string, value: string])[]): string => {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  return facts
    .map(
      ([name, value]) => `${name.padEnd(width)}${broken(value, 80 - width).join(`\n${" ".repeat(width)}`)}\n`,
    )
    .join("");
};

const broken = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" "))
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  return [...lines, line];
};
