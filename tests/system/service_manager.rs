//! The daemon under a service manager that speaks `sd_notify(3)`, as systemd does for `Type=notify`.

use std::time::Duration;

use tokio::net::UnixDatagram;

use crate::daemon::Start;
use crate::project::take_turn;

async fn next(socket: &UnixDatagram) -> String {
    let mut message = [0; 512];
    let received = tokio::time::timeout(Duration::from_secs(20), socket.recv(&mut message)).await;
    let length = received.expect("a message in time").expect("a message");
    String::from_utf8(message[..length].to_vec()).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_manager_is_told_of_readiness_of_life_and_of_the_end() {
    let (project, _turn) = take_turn().await;
    let worker = project.worker().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    let daemon = Start::new(project, &worker)
        .with("NOTIFY_SOCKET", &path.display())
        .with("WATCHDOG_USEC", &400_000)
        .ready()
        .await;

    let mut heard = Vec::new();
    while heard.iter().filter(|message| *message == "WATCHDOG=1").count() < 3
        || !heard.iter().any(|message| message == "READY=1")
    {
        heard.push(next(&socket).await.trim_end().to_owned());
        assert!(heard.len() < 50, "{heard:?}");
    }
    let end = tokio::spawn(daemon.terminate());
    while next(&socket).await.trim_end() != "STOPPING=1" {}
    assert_eq!(end.await.expect("it ends"), Some(0));
}
