/** What a registry of Prometheus says, by name and labels: `rxgrad_loss{model="a"}`, labels in their order. */
export const scraped = (text: string): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const line of text.split("\n")) {
    const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!parts) continue;
    const [, name, labels = "", value] = parts;
    const sorted = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      .map(([, key, of]) => `${key}="${of}"`)
      .sort();
    found.set(`${name}{${sorted.join(",")}}`, value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value));
  }
  return found;
};
