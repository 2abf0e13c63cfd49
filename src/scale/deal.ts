/**
 * Deals partitions to workers as evenly as they go, of which as few as possible change hands. The same arguments give the same answer.
 */
export const deal = (
  partitions: readonly string[],
  workers: readonly string[],
  before: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> => {
  const names = [...workers].sort();
  const most = Math.ceil(partitions.length / Math.max(names.length, 1));
  const taken = new Set<string>();
  const hands = names.map((name) => {
    const kept = (before.get(name) ?? [])
      .filter((p) => partitions.includes(p) && !taken.has(p))
      .slice(0, most);
    for (const p of kept) taken.add(p);
    return { name, kept };
  });
  const fewest = (): { kept: string[] } => hands.reduce((a, b) => (b.kept.length < a.kept.length ? b : a));
  const fullest = (): { kept: string[] } => hands.reduce((a, b) => (b.kept.length > a.kept.length ? b : a));
  if (hands.length > 0) {
    for (const p of [...partitions].sort()) if (!taken.has(p)) fewest().kept.push(p);
    while (fullest().kept.length - fewest().kept.length > 1) fewest().kept.push(fullest().kept.pop()!);
  }
  return new Map(hands.map(({ name, kept }) => [name, kept.sort()]));
};
