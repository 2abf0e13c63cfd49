/** Light or dark: what the system says, until somebody says otherwise here. */
export interface Theme {
  toggle(): void;
  /** A color of the style sheet as a canvas takes it. */
  color(name: string): string;
}

const key = "rxgrad-theme";

/** Follows the system, keeps a choice, and tells of every change. */
export const theme = (changed: () => void): Theme => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = (): boolean => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const kept = remembered();
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colors = new Map<string, string>();
  const change = (): void => {
    colors.clear();
    changed();
  };
  system.addEventListener("change", change);
  return {
    toggle: () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      change();
    },
    color: (name) => {
      const known = colors.get(name);
      if (known !== undefined) return known;
      probe.style.color = `var(--${name})`; // custom properties are not resolved, colors are
      const { color } = getComputedStyle(probe);
      colors.set(name, color);
      return color;
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
