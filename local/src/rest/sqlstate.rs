//! Which HTTP status a SQLSTATE becomes: the table in PostgREST's documentation, "Errors".

use axum::http::StatusCode;

/// The status for `code`. `anonymous` decides between "sign in" and "not allowed".
pub(crate) fn status(code: &str, message: &str, anonymous: bool) -> StatusCode {
    if let Some(digits) = code.strip_prefix("PT") {
        let custom = digits.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
        return custom.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    }
    match code {
        "42501" if anonymous => StatusCode::UNAUTHORIZED,
        "42501" => StatusCode::FORBIDDEN,
        "23503" | "23505" => StatusCode::CONFLICT,
        "25006" => StatusCode::METHOD_NOT_ALLOWED,
        "42883" | "42P01" => StatusCode::NOT_FOUND,
        "22023" if message.starts_with("role ") && message.ends_with("does not exist") => {
            StatusCode::UNAUTHORIZED
        }
        "21000" if message.ends_with("requires a WHERE clause") => StatusCode::BAD_REQUEST,
        "P0001" => StatusCode::BAD_REQUEST,
        "53400" | "42P17" | "21000" => StatusCode::INTERNAL_SERVER_ERROR,
        "57P01" => StatusCode::SERVICE_UNAVAILABLE,
        _ => status_of_class(code.get(..2).unwrap_or_default()),
    }
}

fn status_of_class(class: &str) -> StatusCode {
    match class {
        "08" | "53" => StatusCode::SERVICE_UNAVAILABLE,
        "0L" | "0P" | "28" => StatusCode::FORBIDDEN,
        "09" | "25" | "2D" | "38" | "39" | "3B" | "40" | "54" | "55" | "57" | "58" | "F0" | "HV" | "P0"
        | "XX" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_privilege_asks_the_anonymous_to_sign_in_and_refuses_the_others() {
        assert_eq!(status("42501", "", true), StatusCode::UNAUTHORIZED);
        assert_eq!(status("42501", "", false), StatusCode::FORBIDDEN);
    }

    #[test]
    fn a_pt_code_names_its_own_status() {
        assert_eq!(status("PT426", "", false), StatusCode::UPGRADE_REQUIRED);
        assert_eq!(status("PTabc", "", false), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn an_unknown_role_is_an_authentication_failure_but_a_bad_value_is_not() {
        assert_eq!(status("22023", "role \"x\" does not exist", false), StatusCode::UNAUTHORIZED);
        assert_eq!(status("22023", "custom", false), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn classes_fall_back_to_their_status() {
        assert_eq!(status("P0002", "", false), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(status("28000", "", false), StatusCode::FORBIDDEN);
        assert_eq!(status("22P02", "", false), StatusCode::BAD_REQUEST);
        assert_eq!(status("ABC12", "", false), StatusCode::BAD_REQUEST);
    }
}
