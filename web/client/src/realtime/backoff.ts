/**
 * Milliseconds to wait before attempt number `attempt` (from 1): doubling from `base` up to `most`, and of that a random
 * share, so that clients that were cut off together do not come back together ("full jitter", Marc Brooker, "Exponential
 * Backoff And Jitter", AWS Architecture Blog, 2015). At least a quarter, so that no two attempts follow at once.
 */
export function backoff(
  attempt: number,
  base: number,
  most: number,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(base * 2 ** Math.min(Math.max(attempt - 1, 0), 30), most);
  return Math.round(ceiling * (0.25 + 0.75 * random()));
}
