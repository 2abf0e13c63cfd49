import { random } from "rxgrad";
import { lastValueFrom, toArray } from "rxjs";
import type { Flight } from "../flights/flight.ts";
import { flights } from "../flights/source.ts";
import type { FlightEvent } from "./flightEvent.ts";

/** The parts of the stream: as many as any number of workers up to 4 can share evenly. */
export const subjects: readonly string[] = Array.from({ length: 12 }, (_, p) => `flights.${p}`);

export interface FlightEvents {
  readonly learned: readonly FlightEvent[];
  /** Flights of the same days, which nobody learns. */
  readonly heldOut: readonly FlightEvent[];
}

/** The first flights of the record in a random order, so that what is held out is like what is learned. */
export const flightEvents = async (learned: number, heldOut: number, seed: number): Promise<FlightEvents> => {
  const next = subjects.map((_, p) => p * 2 ** 24);
  const eventOf = (flight: Flight): FlightEvent => {
    const { time, distance, delay, origin, destination } = flight;
    return { id: next[partOf(flight)]!++, time, distance, delay, origin, destination };
  };
  const record = await lastValueFrom(flights({ limit: learned + heldOut }).pipe(toArray()));
  const mixed = random(seed).shuffle(record);
  const others = mixed.splice(learned);
  return { learned: mixed.map(eventOf), heldOut: others.map(eventOf) };
};

/** Where events of one part go: flights of a route stay together, and in order. */
export const subjectOf = ([first]: readonly FlightEvent[]): string => subjects[first!.id >>> 24]!;

/** Events by their parts, so many in a message. */
export const inMessages = (events: readonly FlightEvent[], size: number): (readonly FlightEvent[])[] => {
  const open = subjects.map((): FlightEvent[] => []);
  const messages: FlightEvent[][] = [];
  for (const event of events) {
    const part = event.id >>> 24;
    const message = open[part]!;
    if (message.push(event) === 1) messages.push(message);
    if (message.length === size) open[part] = [];
  }
  return messages;
};

const partOf = ({ origin, destination }: Flight): number => {
  let hash = 0x811c9dc5; // FNV-1a (Fowler, Noll & Vo)
  for (const letter of origin + destination) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return (hash >>> 0) % subjects.length;
};
