import { theme as pageTheme } from "../../src/dashboard/page/theme.ts";
import { type Palette, type Rgb, rgbOf } from "./shading.ts";

/** Light or dark, as on the live page, with colors in numbers. */
export interface Theme {
  toggle(): void;
  /** A color of the style sheet, in numbers. */
  color(name: string): Rgb;
  /** The colors of values. */
  readonly palette: Palette;
}

/** Follows the system, keeps a choice, and tells of every change. */
export const theme = (changed: () => void): Theme => {
  const { toggle, color: colorOf } = pageTheme(() => {
    palette = read();
    changed();
  });
  const color = (name: string): Rgb => rgbOf(colorOf(name));
  const read = (): Palette => ({ low: color("low"), middle: color("middle"), high: color("high") });
  let palette = read();
  return {
    toggle,
    color,
    get palette() {
      return palette;
    },
  };
};
