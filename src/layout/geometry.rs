//! Rectangles on a page, in points, origin top left of the page as displayed, y downwards.

/// A rectangle by its edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Right edge, not left of `left`.
    pub right: f32,
    /// Bottom edge, not above `top`.
    pub bottom: f32,
}

impl Rect {
    /// The rectangle spanned by two corners given in any order.
    pub fn from_corners(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self { left: x0.min(x1), top: y0.min(y1), right: x0.max(x1), bottom: y0.max(y1) }
    }

    /// Horizontal extent.
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// Vertical extent.
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// Width times height.
    pub fn area(&self) -> f32 {
        self.width() * self.height()
    }

    /// The middle, horizontally.
    pub fn center_x(&self) -> f32 {
        f32::midpoint(self.left, self.right)
    }

    /// The middle, vertically.
    pub fn center_y(&self) -> f32 {
        f32::midpoint(self.top, self.bottom)
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// The common part, if it has an inside.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let common = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (common.left < common.right && common.top < common.bottom).then_some(common)
    }

    /// The same rectangle with each edge moved outwards by `margin` points.
    #[must_use]
    pub fn grown(&self, margin: f32) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    /// Whether the point is inside or on an edge.
    pub fn contains_point(&self, x: f32, y: f32) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// Whether the other's middle is inside.
    pub fn contains_center(&self, other: &Self) -> bool {
        self.contains_point(other.center_x(), other.center_y())
    }

    /// Length shared by the horizontal extents; negative is the gap between them.
    pub fn overlap_x(&self, other: &Self) -> f32 {
        self.right.min(other.right) - self.left.max(other.left)
    }

    /// Length shared by the vertical extents; negative is the gap between them.
    pub fn overlap_y(&self, other: &Self) -> f32 {
        self.bottom.min(other.bottom) - self.top.max(other.top)
    }

    /// The smallest rectangle around all of them.
    pub fn around(rects: impl IntoIterator<Item = Self>) -> Option<Self> {
        rects.into_iter().reduce(|all, rect| all.union(&rect))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rect() -> impl Strategy<Value = Rect> {
        let edge = || -1000f32..1000.0;
        (edge(), edge(), edge(), edge()).prop_map(|(a, b, c, d)| Rect::from_corners(a, b, c, d))
    }

    proptest! {
        #[test]
        fn a_union_covers_both(a in rect(), b in rect()) {
            let union = a.union(&b);
            prop_assert!(union.contains_center(&a) && union.contains_center(&b));
            prop_assert!(union.area() >= a.area().max(b.area()));
        }

        #[test]
        fn an_intersection_lies_in_both(a in rect(), b in rect()) {
            if let Some(common) = a.intersection(&b) {
                prop_assert!(a.contains_center(&common) && b.contains_center(&common));
                prop_assert!(a.overlap_x(&b) > 0.0 && a.overlap_y(&b) > 0.0);
            } else {
                prop_assert!(a.overlap_x(&b) <= 0.0 || a.overlap_y(&b) <= 0.0);
            }
        }
    }
}
