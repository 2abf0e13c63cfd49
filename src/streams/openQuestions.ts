import { type AnsweringState, answeringState, type Question } from "./answering.ts";
import { type EventQueueState, eventQueueState } from "./eventQueue.ts";

/** What was asked, and waits for its label; and labels that wait for their batch: plain data, if the items are. */
export interface OpenQuestions<Item> extends EventQueueState<Question<Item>, Item>, AnsweringState {}

/** None yet. */
export const openQuestions = <Item>(): OpenQuestions<Item> => ({ ...eventQueueState(), ...answeringState() });
