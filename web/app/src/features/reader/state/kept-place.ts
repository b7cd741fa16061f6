import type { Position } from "../geometry/page-layout";

/** The place at the top of the panes: where a pane that is opened begins, and what is kept between visits. */
export interface KeptPlace {
  get(): Position;
  set(place: Position): void;
}

export function keepPlace(start: Position, save: (place: Position) => void): KeptPlace {
  let current = start;
  return {
    get: () => current,
    set: (place) => {
      if (place.index === current.index && Math.abs(place.fraction - current.fraction) < 1e-4) return;
      current = place;
      save(place);
    },
  };
}
