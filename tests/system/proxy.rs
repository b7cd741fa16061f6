//! A TCP proxy that can cut what passes through it.

use std::net::Ipv4Addr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Stands before the project at `http://127.0.0.1:PORT`.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) url: String,
    /// Incremented to cut; negative while closed to new connections.
    cuts: watch::Sender<(u64, bool)>,
}

impl Proxy {
    /// Starts one before `upstream`, which must be plain http (a TLS certificate names its host).
    pub(crate) async fn start(upstream: &str) -> Self {
        let authority =
            upstream.strip_prefix("http://").expect("the proxy needs a plain http project").to_owned();
        let authority = if authority.contains(':') { authority } else { format!("{authority}:80") };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (cuts, receiver) = watch::channel((0, true));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mut state = receiver.clone();
                let (generation, open) = *state.borrow_and_update();
                if open {
                    let authority = authority.clone();
                    tokio::spawn(async move {
                        tokio::select! {
                            () = pass(client, &authority) => {}
                            _ = state.wait_for(|(now, open)| *now != generation || !open) => {}
                        }
                    });
                }
            }
        });
        Self { url, cuts }
    }

    /// Cuts every connection; new ones are let through.
    pub(crate) fn cut(&self) {
        self.cuts.send_modify(|(generation, _)| *generation += 1);
    }

    /// Cuts every connection and refuses new ones until opened.
    pub(crate) fn close(&self) {
        self.cuts.send_modify(|(_, open)| *open = false);
    }

    pub(crate) fn open(&self) {
        self.cuts.send_modify(|(_, open)| *open = true);
    }
}

async fn pass(mut client: TcpStream, authority: &str) {
    if let Ok(mut server) = TcpStream::connect(authority).await {
        let _ = client.set_nodelay(true);
        let _ = server.set_nodelay(true);
        let _ = copy_bidirectional(&mut client, &mut server).await;
    }
}
