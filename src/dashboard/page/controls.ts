/** The parts of the page that stand there from the beginning, by id. */
export const controls = () => ({
  title: part("title", HTMLElement),
  state: part("state", HTMLElement),
  facts: part("facts", HTMLElement),
  pause: part("pause", HTMLButtonElement),
  hold: part("hold", HTMLButtonElement),
  axis: part("axis", HTMLButtonElement),
  save: part("save", HTMLButtonElement),
  theme: part("theme", HTMLButtonElement),
  help: part("help", HTMLButtonElement),
  keys: part("keys", HTMLDialogElement),
  waiting: part("waiting", HTMLElement),
  metrics: part("metrics", HTMLElement),
  layers: part("layers", HTMLElement),
  machine: part("machine", HTMLElement),
});

export type Controls = ReturnType<typeof controls>;

const part = <E extends HTMLElement>(id: string, kind: abstract new () => E): E => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
};
