import {
  adam,
  binaryCrossentropy,
  chain,
  dense,
  load,
  minibatch,
  model,
  type Sample,
  save,
  train,
} from "rxgrad";
import { fromEvent, map, merge, scan, startWith } from "rxjs";

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const slider = element<HTMLInputElement>("slider");
const key = "warm-or-cold";

const net = model(chain(dense(1, 8, { activation: "tanh" }), dense(8, 1, { activation: "sigmoid" })), {
  seed: 1,
});
const rowOf = (): number[] => [Number(slider.value) / 20 - 0.75];

/** What an earlier visit has learned; a file that does not fit is forgotten. */
const remembered = (): number => {
  try {
    const saved = localStorage.getItem(key);
    return saved
      ? Number(
          load(
            net,
            Uint8Array.from(atob(saved), (c) => c.charCodeAt(0)),
          ).position,
        )
      : 0;
  } catch {
    localStorage.removeItem(key);
    return 0;
  }
};
const before = remembered();

const show = (): void => {
  const warm = net.predict(rowOf()).data[0]!;
  element("degrees").textContent = slider.value;
  element("opinion").textContent =
    `${warm >= 0.5 ? "warm" : "cold"} (${Math.round(100 * Math.max(warm, 1 - warm))} %)`;
};

const lessonsOf = (id: string, y: number) =>
  fromEvent(element(id), "click").pipe(map((): Sample => ({ x: rowOf(), y })));

merge(lessonsOf("warm", 1), lessonsOf("cold", 0))
  .pipe(
    minibatch(1),
    train(net, { loss: binaryCrossentropy(), optimizer: adam(0.1) }),
    scan((learned) => learned + 1, before),
    startWith(before),
  )
  .subscribe((learned) => {
    element("learned").textContent = String(learned);
    if (learned > before)
      localStorage.setItem(key, btoa(String.fromCharCode(...save(net, { position: learned }))));
    show();
  });
fromEvent(slider, "input").subscribe(show);
fromEvent(element("forget"), "click").subscribe(() => {
  localStorage.removeItem(key);
  location.reload();
});
