/** What is known of a flight when it departs. */
export interface Departure {
  /** When it left the gate: minutes since 1970, by the clock of the origin. */
  readonly time: number;
  /** In miles. */
  readonly distance: number;
  /** Airport codes. */
  readonly origin: string;
  readonly destination: string;
}

/** A flight of the record. The delay is what is to be predicted: it is known once the flight has landed, and not before. */
export interface Flight extends Departure {
  /** Minutes from the planned arrival to the arrival; negative when early. */
  readonly delay: number;
}

/** When a flight lands: half an hour, plus the distance at 8 miles a minute, plus the delay. Time zones are ignored. */
export const landing = ({ time, distance, delay }: Flight): number => time + 30 + distance / 8 + delay;

/** Late is more than a quarter of an hour. */
export const isLate = ({ delay }: Flight): boolean => delay > 15;

/** The delay in minutes, with what is far out drawn in: it would drown all else in a mean. */
export const clippedDelay = ({ delay }: Flight): number => Math.max(-30, Math.min(180, delay));
