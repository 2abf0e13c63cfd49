import type { PageEnd } from "../pageMessage.ts";
import { type Board, board } from "./board.ts";
import type { Axis } from "./chartCard.ts";
import { connection } from "./connection.ts";
import { controls } from "./controls.ts";
import { csv } from "./csv.ts";
import { download } from "./download.ts";
import { formatCount, formatDuration } from "./format.ts";
import { type Sections, sections } from "./sections.ts";
import { shortcuts } from "./shortcuts.ts";
import { theme } from "./theme.ts";

/** What is shown of how it stands, by the word in the head of the page. */
type State = "connecting" | "live" | "paused" | "reconnecting" | "ended" | "failed";

/** Runs the page: what comes from the server is kept, and drawn with the next frame. */
export const page = (): void => {
  const parts = controls();
  const look = theme(() => shown?.repaint());
  let known: Board | undefined;
  let shown: Sections | undefined;
  let state: State = "connecting";
  let ended: PageEnd | undefined;
  let started = 0;
  let still = false; // the page draws no more
  let held = false; // learning is paused
  let axis: Axis = "time";
  let due = false;
  let isNew = false; // nothing of this run has been drawn

  const draw = (): void => {
    due = false;
    const word = still && state === "live" ? "paused" : state;
    document.documentElement.dataset.state = word;
    const text = held && word === "live" ? "learning paused" : word;
    const why = ended?.message ? `${text}: ${ended.message}` : text;
    if (parts.state.textContent !== why) parts.state.textContent = why;
    const draws = isNew || !still;
    if (known?.last && draws) {
      const { step, rows, time } = known.last;
      parts.facts.textContent = `${formatCount(step)} steps · ${formatCount(rows)} rows · ${formatDuration(time - started)}`;
    }
    parts.waiting.hidden = (known?.last?.step ?? 0) > 0 || state === "ended" || state === "failed";
    if (draws) shown?.draw(axis, state === "live" && !held && !still);
    isNew = false;
  };
  const redraw = (): void => {
    if (!due) requestAnimationFrame(draw);
    due = true;
  };
  const pause = (): void => {
    still = !still;
    if (still) shown?.draw(axis, false); // nothing goes on moving
    parts.pause.classList.toggle("on", still); // its text tells the state: aria-pressed would tell it twice
    parts.pause.textContent = still ? "Resume" : "Pause";
    redraw();
  };
  const hold = (): void => {
    if (!parts.hold.hidden) fetch(held ? "resume" : "pause", { method: "POST" }).catch(() => {});
  };
  const turn = (): void => {
    axis = axis === "time" ? "step" : "time";
    parts.axis.textContent = axis === "time" ? "By time" : "By step";
    parts.axis.setAttribute("aria-label", axis === "time" ? "Charts by time" : "Charts by step");
    redraw();
  };
  const save = (): void => {
    if (!known) return;
    const columns = [...known.charts.values()].flatMap(({ title, lines }) =>
      [...lines].map(([name, line]) => [name === title ? title : `${title}: ${name}`, line] as const),
    );
    download(parts.title.textContent ?? "rxgrad", "text/csv", csv(known.time, known.step, columns));
  };
  const help = (): void => (parts.keys.open ? parts.keys.close() : parts.keys.showModal());
  const paused = (now: boolean): void => {
    held = now;
    parts.hold.classList.toggle("on", held);
    parts.hold.textContent = held ? "Resume learning" : "Pause learning";
  };

  const keys = { " ": pause, p: hold, x: turn, s: save, t: look.toggle, "?": help };
  const { pause: still_, hold: hold_, axis: axis_, save: save_, theme: theme_, help: help_ } = parts;
  for (const [button, act] of [
    [still_, pause],
    [hold_, hold],
    [axis_, turn],
    [save_, save],
    [theme_, look.toggle],
    [help_, help],
  ] as const)
    button.addEventListener("click", act);
  shortcuts(keys);

  connection({
    hello: (message) => {
      state = "live";
      ended = undefined;
      started = message.started;
      shown?.destroy();
      known = board(message);
      isNew = true;
      shown = sections(parts, message, known, look);
      parts.title.textContent = message.title;
      document.title = message.title;
      parts.hold.hidden = !message.canPause;
      paused(message.last?.paused ?? false);
      redraw();
    },
    tick: (tick) => {
      known?.add(tick);
      if (tick.paused !== held) paused(tick.paused);
      redraw();
    },
    end: (message) => {
      ended = message;
      state = message.reason === "error" ? "failed" : "ended";
      redraw();
    },
    lost: () => {
      if (!ended) state = state === "connecting" ? "connecting" : "reconnecting";
      redraw();
    },
  });
  redraw();
};

page();
