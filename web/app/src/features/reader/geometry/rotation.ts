import type { Box } from "@zoned/client";
import type { Point, Size } from "./box";

/** Clockwise degrees by which a page is turned on the screen, beyond what the PDF itself asks for. */
export type Rotation = 0 | 90 | 180 | 270;

/** The size of a page once it is turned. */
export function turnedSize(page: Size, rotation: Rotation): Size {
  return rotation % 180 === 0 ? page : { width: page.height, height: page.width };
}

/** Where a point of a page is once the page is turned. */
export function turnPoint(point: Point, page: Size, rotation: Rotation): Point {
  switch (rotation) {
    case 0:
      return point;
    case 90:
      return { x: page.height - point.y, y: point.x };
    case 180:
      return { x: page.width - point.x, y: page.height - point.y };
    case 270:
      return { x: point.y, y: page.width - point.x };
  }
}

/** Where a box of a page is once the page is turned. */
export function turnBox(box: Box, page: Size, rotation: Rotation): Box {
  const one = turnPoint(box, page, rotation);
  const other = turnPoint({ x: box.x + box.width, y: box.y + box.height }, page, rotation);
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}

const inverse = (rotation: Rotation) => ((360 - rotation) % 360) as Rotation;

/** Undoes `turnBox`. */
export function unturnBox(box: Box, page: Size, rotation: Rotation): Box {
  return turnBox(box, turnedSize(page, rotation), inverse(rotation));
}

/** A box in points as pixels on the turned page. */
export function toPixels(box: Box, page: Size, rotation: Rotation, scale: number): Box {
  const turned = turnBox(box, page, rotation);
  return {
    x: turned.x * scale,
    y: turned.y * scale,
    width: turned.width * scale,
    height: turned.height * scale,
  };
}

/** A point in pixels on the turned page as points of the page. */
export function toPoints(point: Point, page: Size, rotation: Rotation, scale: number): Point {
  const turned = { x: point.x / scale, y: point.y / scale };
  return turnPoint(turned, turnedSize(page, rotation), inverse(rotation));
}

export function nextRotation(rotation: Rotation): Rotation {
  return ((rotation + 90) % 360) as Rotation;
}
