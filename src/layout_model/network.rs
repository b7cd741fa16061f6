//! The network of a model's file, run by `RTen`.

use rten::{Dimension, Model, NodeId, Value};

use super::detections::Output;

/// Whether networks can be run.
pub(super) const IS_BUILT: bool = true;
/// Where the exporter of `PicoDet` writes what its classes are called, a line each.
const LABELS_FIELD: &str = "character";
/// A picture has three colours.
const COLOURS: usize = 3;
/// Longest side of a picture, pixels.
const MAX_SIDE: usize = 2048;

/// A network that takes a picture.
pub(super) struct Network {
    model: Model,
    input: NodeId,
    width: usize,
    height: usize,
    labels: Vec<String>,
}

impl Network {
    /// Of the bytes of a file. Its classes are called as it says itself, unless there are `labels`.
    pub(super) fn load(bytes: Vec<u8>, labels: &[String]) -> Result<Self, String> {
        let model = Model::load(bytes).map_err(|error| error.to_string())?;
        let labels = match labels {
            [] => model.metadata().get(LABELS_FIELD).unwrap_or_default().lines().map(str::to_owned).collect(),
            labels => labels.to_vec(),
        };
        if labels.is_empty() {
            return Err(
                "it does not say what its classes are called; name them in layout_model.labels".to_owned()
            );
        }
        let [input] = *model.input_ids() else { return Err("it takes more than a picture".to_owned()) };
        let shape = model.node_info(input).and_then(|info| info.shape()).unwrap_or_default();
        let [_, Dimension::Fixed(COLOURS), Dimension::Fixed(height), Dimension::Fixed(width)] = shape[..]
        else {
            return Err("it takes no picture of a fixed size".to_owned());
        };
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(format!(
                "it takes pictures of {width} by {height} pixels, and at most {MAX_SIDE} are drawn"
            ));
        }
        Ok(Self { model, input, width, height, labels })
    }

    /// Width and height of its pictures, pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.width as u32, self.height as u32)
    }

    pub(super) fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Its outputs for the colours of a picture, one after the other.
    pub(super) fn run(&self, values: Vec<f32>) -> Result<Vec<Output>, String> {
        let input = Value::from_shape([1, COLOURS, self.height, self.width], values)
            .map_err(|error| error.to_string())?;
        let outputs = self
            .model
            .run(vec![(self.input, input.into())], self.model.output_ids(), None)
            .map_err(|error| error.to_string())?;
        outputs.into_iter().map(output).collect()
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Network")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("labels", &self.labels)
            .finish_non_exhaustive()
    }
}

fn output(value: Value) -> Result<Output, String> {
    let ([_, _, columns], values) =
        value.into_shape_vec::<f32, 3>().map_err(|_| "an output is no table of numbers".to_owned())?;
    Ok(Output { columns, values })
}

/// Waits until the thread that networks run on is there: it is started by the first work it is given.
pub(super) fn start_thread() {
    rten::thread_pool().run(|| ());
}
