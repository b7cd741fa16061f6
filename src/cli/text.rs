//! `zoned text`: what stands under a box on a page of a local file.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::config::Config;
use crate::layout::{Bbox, Region, ZoneKind};
use crate::pipeline::{Options, region};

/// Print the text under a box on a page of a local PDF file, as a zone in JSON.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The PDF file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The page, from 1.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    page: u32,
    /// The box: left, top, width and height in points, from the top left of the page as displayed.
    #[arg(long = "box", value_name = "X,Y,WIDTH,HEIGHT", value_parser = parse_box, allow_hyphen_values = true)]
    bbox: Bbox,
    /// What it is: paragraph, list, table, code and so on. Without it, what the engine takes it for.
    #[arg(long, value_parser = parse_kind)]
    kind: Option<ZoneKind>,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let name = args.file.display();
    let source = File::open(&args.file).with_context(|| format!("{name}: cannot read the file"))?;
    anyhow::ensure!(source.metadata()?.is_file(), "{name}: it is not a regular file");
    let options = Options::new(config)?;
    let region = Region { bbox: args.bbox, kind: args.kind };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    let zone = runtime
        .block_on(region::read(source, args.page, region, &options))
        .with_context(|| format!("{name}: page {}", args.page))?;
    println!("{}", serde_json::to_string_pretty(&zone)?);
    Ok(ExitCode::SUCCESS)
}

fn parse_box(text: &str) -> Result<Bbox, String> {
    let numbers: Option<Vec<f32>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([x, y, width, height])
            if x.is_finite()
                && y.is_finite()
                && 0.0 < *width
                && *width < f32::MAX
                && 0.0 < *height
                && *height < f32::MAX =>
        {
            Ok(Bbox { x: *x, y: *y, width: *width, height: *height })
        }
        _ => Err("a box is four numbers, x,y,width,height, with a width and height above 0".to_owned()),
    }
}

fn parse_kind(text: &str) -> Result<ZoneKind, String> {
    serde_json::from_value(text.into()).map_err(|_| "there is no such kind of zone".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_four_numbers_with_an_area() {
        assert_eq!(parse_box("-1,2.5, 30,40"), Ok(Bbox { x: -1.0, y: 2.5, width: 30.0, height: 40.0 }));
        for bad in ["", "1,2,3", "1,2,3,4,5", "1,2,0,4", "1,2,3,-4", "a,2,3,4", "nan,2,3,4", "1,2,inf,4"] {
            assert!(parse_box(bad).is_err(), "{bad}");
        }
    }
}
