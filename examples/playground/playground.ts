import {
  animationFrames,
  BehaviorSubject,
  combineLatest,
  debounceTime,
  distinctUntilChanged,
  fromEvent,
  map,
  merge,
  Observable,
  pairwise,
  Subject,
  skip,
  startWith,
  switchMap,
} from "rxjs";
import { shortcuts } from "../../src/dashboard/page/shortcuts.ts";
import { codeOf } from "./code.ts";
import { type Change, controls, withLayer, withNeuron } from "./controls.ts";
import { dataPicker } from "./dataPicker.ts";
import { journal } from "./journal.ts";
import { formatCount, gradually } from "./labels.ts";
import { pacing } from "./pacing.ts";
import { part } from "./part.ts";
import { screen } from "./screen.ts";
import { isSameNetwork, type Session, session } from "./session.ts";
import { fromHash, mostLayers, type Settings, toHash } from "./settings.ts";
import { theme } from "./theme.ts";

/** Runs the page: settings make sessions, frames feed and draw them. */
export const playground = (): void => {
  const settings$ = new BehaviorSubject<Settings>(fromHash(location.hash));
  const reset$ = new Subject<void>();
  const change = (some: Change): void => settings$.next({ ...settings$.value, ...some });
  let due = true; // to be drawn
  const redraw = (): void => {
    due = true;
  };
  const look = theme(() => {
    picker.draw();
    redraw();
  });
  const picker = dataPicker(part("data", HTMLElement), look);
  const board = controls();
  const told = journal(part("log", HTMLOListElement));
  const view = screen(look, (layer, by) => change(withNeuron(settings$.value, layer, by)), redraw);
  const pace = pacing();
  let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  let current: Session;

  // a new session for each network, and for each reset; the one before is closed
  combineLatest([settings$.pipe(distinctUntilChanged(isSameNetwork)), reset$.pipe(startWith(undefined))])
    .pipe(
      switchMap(
        () =>
          new Observable<Session>((out) => {
            told.clear();
            const one = session(settings$.value, settings$, told.alarmed);
            out.next(one);
            return one.close;
          }),
      ),
    )
    .subscribe((one) => {
      current = one;
      view.begin(one);
      redraw();
    });

  settings$.subscribe((settings) => {
    picker.show(settings);
    board.show(settings);
    part("layer-count", HTMLElement).textContent =
      `${settings.layers.length} layer${settings.layers.length === 1 ? "" : "s"}`;
    part("fewer", HTMLButtonElement).disabled = settings.layers.length === 0;
    part("more", HTMLButtonElement).disabled = settings.layers.length === mostLayers;
    part("code", HTMLElement).textContent = codeOf(settings);
    redraw();
  });
  merge(board.changes$, picker.changes$).subscribe(change);
  settings$.pipe(map(toHash), distinctUntilChanged(), skip(1), debounceTime(150)).subscribe((hash) => {
    if (hash !== location.hash.slice(1))
      history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
  });
  fromEvent(window, "hashchange").subscribe(() => settings$.next(fromHash(location.hash)));

  const tellState = (): void => {
    const failed = current.failure !== undefined;
    const waits = settings$.value.speed === 0;
    const word = failed ? "stopped" : playing ? (waits ? "by hand" : "learning") : "paused";
    document.documentElement.dataset.state = word === "by hand" ? "paused" : word;
    const state = part("state", HTMLElement);
    if (state.textContent !== word) state.textContent = word;
    const play = part("play", HTMLButtonElement);
    play.textContent = playing ? "Pause" : "Play";
  };

  const actions = {
    play: () => {
      playing = !playing;
      pace.forget();
      redraw();
    },
    step: () => {
      if (settings$.value.speed > 0) playing = false; // by hand it goes on waiting
      current.step(settings$.value.noise);
      redraw();
    },
    drift: () => {
      const { value } = settings$;
      told.drifted(value, current.events);
      current.drift(value.drift, value.pace === "gradual" ? gradually : 0);
      redraw();
    },
    reset: () => reset$.next(),
    theme: look.toggle,
    fewer: () => change(withLayer(settings$.value, -1)),
    more: () => change(withLayer(settings$.value, 1)),
    copy: () => void copy(part("copy", HTMLButtonElement), codeOf(settings$.value)),
  };
  for (const [id, act] of Object.entries(actions))
    fromEvent(part(id, HTMLButtonElement), "click").subscribe(act);
  shortcuts({ " ": actions.play, s: actions.step, d: actions.drift, r: actions.reset, t: actions.theme });
  const sizes = new ResizeObserver(redraw);
  for (const id of ["net", "field"]) sizes.observe(part(id, Element));

  let [drawn, counted, since, rate] = [0, 0, 0, 0];
  animationFrames()
    .pipe(
      map(({ timestamp }) => timestamp),
      pairwise(),
    )
    .subscribe(([before, now]) => {
      const { noise, speed } = settings$.value;
      const started = current.steps;
      const wasWell = current.failure === undefined;
      if (playing)
        pace.run(speed, now - before, () => {
          current.feed(noise);
          return current.failure === undefined;
        });
      if (wasWell && current.failure)
        told.failed(`it diverged: ${current.failure}; Reset begins anew`, current.events);
      if (current.steps !== started) redraw();
      if (now - since > 1000) {
        rate = Math.max(0, ((current.events - counted) / (now - since)) * 1000);
        [counted, since] = [current.events, now];
      }
      tellState();
      if (!due || now - drawn < 30) return;
      [due, drawn] = [false, now];
      current.history.tick();
      view.draw(current);
      part("facts", HTMLElement).textContent =
        `${formatCount(current.events)} events · ${formatCount(current.steps)} steps · ${formatCount(playing ? rate : 0)}/s`;
    });
  picker.draw();
};

/** Puts a text where it can be pasted from, and says so on the button. */
const copy = async (button: HTMLButtonElement, text: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    const range = document.createRange();
    range.selectNodeContents(part("code", HTMLElement)); // files may not write the clipboard; then it is selected
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    button.textContent = "Selected";
  }
};
