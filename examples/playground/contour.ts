/** A piece of a line: from x, y to x, y. */
export type Segment = readonly [number, number, number, number];

/**
 * Where the values of an n × n square pass through 0, as pieces of lines in tiles (marching squares; Lorensen & Cline, 1987,
 * have it for cubes). A value stands in the middle of its tile; saddles are parted by the mean.
 */
export const contour = (values: ArrayLike<number>, n: number): readonly Segment[] => {
  const segments: Segment[] = [];
  const between = (a: number, b: number): number => a / (a - b);
  for (let row = 0; row < n - 1; row++)
    for (let col = 0; col < n - 1; col++) {
      const i = row * n + col;
      const [a, b, c, d] = [values[i]!, values[i + 1]!, values[i + n + 1]!, values[i + n]!]; // clockwise
      const [x, y] = [col + 0.5, row + 0.5];
      const crossings: (readonly [number, number])[] = [];
      if (a > 0 !== b > 0) crossings.push([x + between(a, b), y]);
      if (b > 0 !== c > 0) crossings.push([x + 1, y + between(b, c)]);
      if (c > 0 !== d > 0) crossings.push([x + 1 - between(c, d), y + 1]);
      if (d > 0 !== a > 0) crossings.push([x, y + 1 - between(d, a)]);
      const [p, q, r, s] = crossings;
      if (!p || !q) continue;
      if (!r || !s) segments.push([...p, ...q]);
      else if (a + b + c + d > 0 === a > 0) segments.push([...p, ...q], [...r, ...s]);
      else segments.push([...p, ...s], [...q, ...r]);
    }
  return segments;
};
