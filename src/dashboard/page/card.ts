import { el } from "./el.ts";

/** A part of the page with a title. */
export interface Card {
  readonly root: HTMLElement;
  /** Beside the title: what it is now. */
  readonly now: HTMLElement;
  readonly body: HTMLElement;
}

/** What can be done with a card, by the word on the button. */
export type Actions = Readonly<Record<string, () => void>>;

export const card = (
  title: string,
  actions: Actions = {},
  shape: "" | "wide" | "tall" | "broad" = "",
): Card => {
  const now = el("span", { class: "now" });
  const body = el("div", { class: "body" });
  const buttons = Object.entries(actions).map(([word, act]) => {
    const button = el(
      "button",
      { type: "button", class: "small", "aria-label": `${title}: save as ${word}` },
      word,
    );
    button.addEventListener("click", act);
    return button;
  });
  const head = el("header", {}, el("h3", {}, title), now, el("span", { class: "actions" }, ...buttons));
  return { root: el("article", { class: `card ${shape}`, "aria-label": title }, head, body), now, body };
};
