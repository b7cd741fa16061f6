//! What stands for a network in a build without feature `layout-model`: there are none.

use super::detections::Output;

/// Whether networks can be run.
pub(super) const IS_BUILT: bool = false;

/// A network, of which there are none.
#[derive(Debug)]
pub(super) enum Network {}

impl Network {
    pub(super) fn load(_: Vec<u8>, _: &[String]) -> Result<Self, String> {
        Err("this zoned was built without layout models".to_owned())
    }

    pub(super) fn size(&self) -> (u32, u32) {
        match *self {}
    }

    pub(super) fn labels(&self) -> &[String] {
        match *self {}
    }

    pub(super) fn run(&self, _: Vec<f32>) -> Result<Vec<Output>, String> {
        match *self {}
    }
}

pub(super) fn start_thread() {}
