/** A memory that prints as its own source; options that were left out are left out. */
export const sourceOf = (
  name: string,
  first: number | { readonly source: string },
  options: object,
): string => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const list = given.map(
    ([key, value]) => `${key}: ${typeof value === "function" ? value.name || "schedule" : value}`,
  );
  const arg = typeof first === "object" ? first.source : String(first);
  return `${name}(${arg}${list.length ? `, { ${list.join(", ")} }` : ""})`;
};
