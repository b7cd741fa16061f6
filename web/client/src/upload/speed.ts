/** Only what was sent within this time counts, milliseconds. */
const WINDOW = 8000;
/** No speed is told from less than this, milliseconds. */
const SHORTEST = 500;

/** Measures how fast bytes go, from the last few seconds. Pure: time is an argument. */
export class Speedometer {
  #samples: { readonly at: number; readonly bytes: number }[] = [];

  /** So many bytes in all were sent at this moment (milliseconds). */
  add(bytes: number, at: number): void {
    const last = this.#samples.at(-1);
    // After a restart from an earlier place nothing before it counts.
    if (last && bytes < last.bytes) this.#samples = [];
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) > WINDOW) this.#samples.shift();
  }

  /** Forgets everything: sending was interrupted. */
  reset(): void {
    this.#samples = [];
  }

  /** Bytes a second; null while there is too little to tell. */
  speed(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < SHORTEST) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  /** Seconds until so many bytes are sent; null while there is too little to tell. */
  secondsLeft(bytes: number): number | null {
    const speed = this.speed();
    const sent = this.#samples.at(-1)?.bytes ?? 0;
    return speed === null || speed <= 0 ? null : Math.max(bytes - sent, 0) / speed;
  }
}
