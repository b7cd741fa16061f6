//! The job `process_zone`: one zone anew, from what stands under its box.

use serde::Deserialize;

use super::process_document::DocumentOptions;
use super::protocol::{Claim, ZoneOutcome};
use super::region::{self, RegionError};
use super::source;
use super::step::{Services, StepError};
use crate::layout::{Bbox, Region, ZoneKind};

/// What is asked for. Which zone and which revision of it the database knows.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
struct Request {
    page_number: u32,
    #[serde(rename = "box")]
    bbox: Bbox,
    kind: Option<ZoneKind>,
}

/// Does the job. A zone that was edited since it was asked for stays as it is.
pub async fn process_zone(
    services: &Services,
    claim: &Claim,
    options: &DocumentOptions,
) -> Result<(), StepError> {
    let request = Request::deserialize(&claim.params).map_err(|error| {
        StepError::last("params_invalid", format!("The request cannot be read: {error}. Ask again."))
    })?;
    let lease = claim.lease();
    let limit = options.extract.limits.max_input_bytes;
    let (source, _) = source::begin(services, claim, 0, Some(1), limit).await?;

    let region = Region { bbox: request.bbox, kind: request.kind };
    let zone = region::read(source, request.page_number, region, &options.extract).await?;
    match services.rpc.save_zone(lease, &zone).await? {
        ZoneOutcome::Ok => Ok(()),
        ZoneOutcome::LeaseLost => Err(StepError::LeaseLost),
        ZoneOutcome::Canceled => Err(StepError::Canceled),
        ZoneOutcome::ZoneChanged => Err(StepError::last(
            "zone_changed",
            "The zone was edited after this was asked for, and the edit was kept. Look at it and ask again.",
        )),
        ZoneOutcome::ZoneGone => {
            Err(StepError::last("zone_gone", "The zone was deleted after this was asked for. Draw it again."))
        }
    }
}

impl From<RegionError> for StepError {
    fn from(error: RegionError) -> Self {
        let code = match &error {
            RegionError::NoSuchPage { .. } => "no_such_page",
            RegionError::BesidePage { .. } => "box_off_page",
            RegionError::Page(_) => "page_unreadable",
            RegionError::Extract(_) => "",
        };
        match error {
            RegionError::Extract(error) => error.into(),
            error => Self::last(code, super::step::sentence(&error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_read_with_and_without_a_kind() {
        let mut params = json!({
            "zone_id": "b5c0", "revision": 3, "page_number": 2, "kind": "table",
            "box": {"x": 1, "y": 2.5, "width": 30, "height": 40},
        });
        let request = Request::deserialize(&params).unwrap();
        assert_eq!(request.bbox, Bbox { x: 1.0, y: 2.5, width: 30.0, height: 40.0 });
        assert_eq!((request.page_number, request.kind), (2, Some(ZoneKind::Table)));
        params["kind"] = json!(null);
        assert_eq!(Request::deserialize(&params).unwrap().kind, None);
    }

    #[test]
    fn a_box_beside_the_page_is_the_requests_fault_and_said_in_a_sentence() {
        let StepError::Final(error) = RegionError::BesidePage { width: 612.0, height: 792.0 }.into() else {
            panic!()
        };
        assert_eq!(error.code, "box_off_page");
        assert_eq!(
            error.message,
            "The box lies beside the page, which measures 612 by 792 points; draw it on the page."
        );
    }
}
