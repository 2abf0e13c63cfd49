const candidates = [",", ";", "\t", "|"] as const;

/** What separates the fields of a table. */
export type Delimiter = (typeof candidates)[number];

/**
 * What separates the fields in the first lines of a table: the one of comma, semicolon, tab and bar that stands equally often in
 * most lines, outside of quotes; of several, the one that stands there most often. A comma where none does.
 */
export const sniffDelimiter = (text: string): Delimiter => {
  const lines = countsOf(text).filter((counts) => counts.length > 0);
  let best: { readonly delimiter: Delimiter; readonly lines: number; readonly count: number } | undefined;
  for (const [i, delimiter] of candidates.entries()) {
    const tally = new Map<number, number>();
    for (const counts of lines) if (counts[i]! > 0) tally.set(counts[i]!, (tally.get(counts[i]!) ?? 0) + 1);
    for (const [count, agreeing] of tally)
      if (!best || agreeing > best.lines || (agreeing === best.lines && count > best.count))
        best = { delimiter, lines: agreeing, count };
  }
  return best?.delimiter ?? ",";
};

/** How often each candidate stands in each line, outside of quotes; the last line counts when it is whole, or the only one. */
const countsOf = (text: string): readonly (readonly number[])[] => {
  const lines: number[][] = [];
  let counts = candidates.map(() => 0);
  let quoted = false;
  let length = 0;
  for (const char of text) {
    if (char === "\n" && !quoted) {
      if (length > 0) lines.push(counts);
      counts = candidates.map(() => 0);
      length = 0;
      continue;
    }
    if (char !== "\r") length++;
    if (char === '"') quoted = !quoted;
    else if (!quoted) {
      const i = candidates.indexOf(char as Delimiter);
      if (i >= 0) counts[i]!++;
    }
  }
  return lines.length === 0 ? [counts] : lines;
};
