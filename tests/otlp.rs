//! Traces by OTLP, in a build with feature `otlp`: `cargo test --features otlp --test otlp`.

#![cfg(feature = "otlp")]
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The first request to a collector, head and body.
fn first_request(listener: &TcpListener) -> Vec<u8> {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut buffer).unwrap();
        request.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let body = text.find("\r\n\r\n").map(|end| end + 4);
        let announced = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let announced = announced.and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
        let raw_body = request.windows(4).position(|window| window == b"\r\n\r\n").map(|end| end + 4);
        if length == 0 || body.is_some() && raw_body.is_some_and(|start| request.len() >= start + announced) {
            break;
        }
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    request
}

#[test]
fn requests_become_spans_at_the_collector() {
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_zoned"))
        .arg("work")
        .env("SUPABASE_URL", format!("http://{nowhere}"))
        .env("SUPABASE_PUBLISHABLE_KEY", "sb_publishable_x")
        .env("ZONED_WORKER_EMAIL", "worker@example.com")
        .env("ZONED_WORKER_PASSWORD", "hidden-password")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        .env("OTEL_BSP_SCHEDULE_DELAY", "200")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let request = first_request(&collector);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    let text = String::from_utf8_lossy(&request);
    assert!(text.starts_with("POST /v1/traces "), "{text}");
    for told in ["zoned", "request", "sign_in", "auth", "request_id"] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert!(!text.contains("hidden-password") && !text.contains("worker@example.com"), "{text}");
}
