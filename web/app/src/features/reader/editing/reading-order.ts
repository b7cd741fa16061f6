/** The ids with one moved up (-1) or down (1), past its next neighbour that is shown. The same list when there is none. */
export function moveAmongShown(
  ids: readonly string[],
  id: string,
  direction: 1 | -1,
  isShown: (id: string) => boolean,
): readonly string[] {
  const from = ids.indexOf(id);
  if (from === -1) return ids;
  for (let to = from + direction; to >= 0 && to < ids.length; to += direction) {
    const other = ids[to];
    if (other !== undefined && isShown(other)) return moveTo(ids, id, to);
  }
  return ids;
}

/** The ids with one moved to a place, counted from 0 in the list without it. */
export function moveTo(ids: readonly string[], id: string, place: number): readonly string[] {
  const from = ids.indexOf(id);
  if (from === -1 || from === place) return ids;
  const moved = ids.filter((each) => each !== id);
  moved.splice(Math.min(Math.max(place, 0), moved.length), 0, id);
  return moved;
}
