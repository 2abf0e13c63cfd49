/** What keys do, anywhere on the page but in what takes text. */
export const shortcuts = (actions: Readonly<Record<string, () => void>>): void => {
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (ctrlKey || metaKey || altKey || !Object.hasOwn(actions, key)) return;
    const onButton =
      target instanceof Element && target.closest("button, a, input, select, textarea, dialog");
    if (onButton && (key === " " || !(onButton instanceof HTMLButtonElement))) return; // space presses a button
    event.preventDefault();
    actions[key]!();
  });
};
