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
  system.addEventListener("change", changed);
  return {
    toggle: () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      changed();
    },
    color: (name) => {
      probe.style.color = `var(--${name})`; // custom properties are not resolved, colors are
      return getComputedStyle(probe).color;
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
