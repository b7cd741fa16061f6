//! Whatever stands behind the question mark of `/rest/v1/…`: it is parsed or refused, and nothing else.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| local_supabase::fuzzing::rest_query(text));
