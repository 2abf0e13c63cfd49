import { rowsOf } from "./datasets.ts";

export const species = ["Adelie", "Chinstrap", "Gentoo"] as const;

/** A penguin that was measured in full: beak length, beak depth and flipper length in mm, mass in g; its species as 0, 1 or 2. */
export interface Penguin {
  readonly x: readonly number[];
  readonly y: number;
}

const measures = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"] as const;

type Row = { readonly Species: (typeof species)[number] } & Readonly<
  Record<(typeof measures)[number], number | null>
>;

/** The Palmer penguins (Gorman, Williams & Fraser, 2014); two were not measured, and are left out. */
export const penguins = (): Penguin[] =>
  rowsOf<Row>("penguins.json").flatMap((row) => {
    const x = measures.map((name) => row[name]).filter((value) => value !== null);
    return x.length === measures.length ? [{ x, y: species.indexOf(row.Species) }] : [];
  });
