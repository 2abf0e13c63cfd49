import { type Palette, type Rgb, rgbOf } from "./shading.ts";

/** Light or dark: what the system says, until somebody says otherwise here. */
export interface Theme {
  toggle(): void;
  /** A color of the style sheet, in numbers. */
  color(name: string): Rgb;
  /** The colors of values. */
  readonly palette: Palette;
}

const key = "rxgrad-theme";

/** Follows the system, keeps a choice, and tells of every change. */
export const theme = (changed: () => void): Theme => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const kept = remembered();
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const color = (name: string): Rgb => {
    probe.style.color = `var(--${name})`; // custom properties are not resolved, colors are
    return rgbOf(getComputedStyle(probe).color);
  };
  const read = (): Palette => ({ low: color("low"), middle: color("middle"), high: color("high") });
  let palette = read();
  const change = (): void => {
    palette = read();
    changed();
  };
  system.addEventListener("change", change);
  return {
    color,
    get palette() {
      return palette;
    },
    toggle: () => {
      const isDark = (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
      root.dataset.theme = isDark ? "light" : "dark";
      remember(root.dataset.theme);
      change();
    },
  };
};

/** Storage may be forbidden. */
const remembered = (): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};
const remember = (choice: string): void => {
  try {
    localStorage.setItem(key, choice);
  } catch {
    // the choice holds until the page is left
  }
};
