import type { Description } from "../../graph/describe.ts";

/** A node with its place, from its upper left corner. */
export interface PlacedNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly row: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  /** Edges that pass by rows of nodes, by `from` and `to`: where they go down instead, in x. */
  readonly detours: ReadonlyMap<string, number>;
}

export const box = { width: 148, height: 44 };
/** How far the two strands of an edge are from its middle. */
export const apart = 5;
const gap = { x: 14, y: 32 };

/** Puts each node one row below the lowest that it reads from, and the nodes of a row below those they read from, side by side. */
export const layout = ({ nodes, edges }: Description): Layout => {
  const row = new Map<string, number>();
  const readsOf = (id: string): readonly string[] =>
    edges.filter(({ to }) => to === id).map(({ from }) => from);
  for (const { id } of nodes) row.set(id, 0);
  for (const { id } of nodes) row.set(id, Math.max(-1, ...readsOf(id).map((from) => row.get(from) ?? 0)) + 1); // they stand in order
  const rows = Array.from({ length: Math.max(0, ...row.values()) + 1 }, (_, y) =>
    nodes.filter(({ id }) => row.get(id) === y).map(({ id }) => id),
  );
  const widest = Math.max(1, ...rows.map(({ length }) => length));
  const width = widest * (box.width + gap.x) - gap.x;
  const center = new Map<string, number>();
  const placed = rows.flatMap((ids, y) => {
    const wish = (id: string): number => {
      const from = readsOf(id).flatMap((one) => center.get(one) ?? []);
      return from.length > 0 ? from.reduce((sum, x) => sum + x, 0) / from.length : width / 2;
    };
    const ordered = ids
      .map((id, i) => ({ id, i, wish: wish(id) }))
      .sort((a, b) => a.wish - b.wish || a.i - b.i);
    const left = spread(
      ordered.map((one) => one.wish),
      width,
    );
    return ordered.map(({ id }, i) => {
      center.set(id, left[i]!);
      return { id, x: left[i]! - box.width / 2, y: y * (box.height + gap.y), row: y };
    });
  });
  const detours = detoursOf(placed, edges);
  const right = Math.max(width, ...[...detours.values()].map((x) => x + 12));
  return { width: right, height: rows.length * (box.height + gap.y) - gap.y, nodes: placed, detours };
};

/** Edges that pass by rows go down below where they come from, or above where they lead to, or round what stands there. */
const detoursOf = (
  placed: readonly PlacedNode[],
  edges: Description["edges"],
): ReadonlyMap<string, number> => {
  const places = new Map(placed.map((node) => [node.id, node]));
  const detours = new Map<string, number>();
  for (const { from, to } of edges) {
    const [a, b] = [places.get(from)!, places.get(to)!];
    const between = placed.filter(({ row }) => row > a.row && row < b.row);
    if (between.length === 0) continue;
    const isFree = (x: number): boolean =>
      between.every((node) => Math.abs(node.x - x) > box.width / 2 + 12 + apart);
    const round = Math.max(...between.map(({ x }) => x)) + box.width / 2 + 16 + 14 * detours.size;
    const x = isFree(a.x) ? a.x : isFree(b.x) ? b.x : round;
    detours.set(`${from}\n${to}`, x + box.width / 2);
  }
  return detours;
};

/** Centers near where they wish to be, far enough from each other, inside of the width. */
const spread = (wishes: readonly number[], width: number): readonly number[] => {
  const pitch = box.width + gap.x;
  const centers = [...wishes];
  for (let i = 1; i < centers.length; i++) centers[i] = Math.max(centers[i]!, centers[i - 1]! + pitch);
  const middle = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
  const shift = middle(wishes) - middle(centers);
  const low = box.width / 2;
  const first = centers[0]! + shift;
  const last = centers[centers.length - 1]! + shift;
  const inside = first < low ? low - first : Math.min(0, width - low - last);
  return centers.map((x) => x + shift + inside);
};
