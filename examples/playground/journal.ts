import { el } from "../../src/dashboard/page/el.ts";
import { formatCount, labels } from "./labels.ts";
import type { Settings } from "./settings.ts";

const most = 6;

/** What happened, the newest first; read out as it comes. */
export const journal = (host: HTMLElement) => {
  const tell = (kind: string, at: number, what: string): void => {
    host.prepend(el("li", { class: kind }, el("span", {}, `event ${formatCount(at)}`), ` ${what}`));
    while (host.children.length > most) host.lastElementChild!.remove();
  };
  return {
    drifted: ({ drift, pace }: Settings, at: number): void =>
      tell("drift", at, `${labels.drift[drift]}, ${labels.pace[pace]}`),
    alarmed: (adapted: string, at: number): void =>
      tell("alarm", at, `the detector alarms${adapted === "none" ? "" : `: ${adapted}`}`),
    failed: (why: string, at: number): void => tell("alarm", at, why),
    clear: (): void => host.replaceChildren(),
  };
};
