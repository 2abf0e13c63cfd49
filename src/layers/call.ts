/** The source of a layer: `dense(2, 8, { activation: relu() })`. Options that are undefined are left out. */
export const call = (
  name: string,
  args: readonly number[],
  options: Readonly<Record<string, unknown>>,
): string => {
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  const object = said.length ? [`{ ${said.map(([key, value]) => `${key}: ${value}`).join(", ")} }`] : [];
  return `${name}(${[...args, ...object].join(", ")})`;
};
