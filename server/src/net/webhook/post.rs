//! One request to a webhook: to an address that is checked, within a time, without following
//! anywhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use bytes::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::config::Webhook;

/// How long a request may take, from the name's lookup to the answer's head.
const TIME: Duration = Duration::from_secs(10);

/// Posts JSON. Only an answer of 200 to 299 is one: redirects lead nowhere.
pub async fn post(
    to: &Webhook,
    private: bool,
    headers: &[(&str, &str)],
    body: Bytes,
) -> Result<(), String> {
    let status = tokio::time::timeout(TIME, send(to, private, headers, body)).await;
    let status = status.map_err(|_| "no answer in time".to_owned())??;
    if status.is_success() { Ok(()) } else { Err(format!("it answered {status}")) }
}

async fn send(
    to: &Webhook,
    private: bool,
    headers: &[(&str, &str)],
    body: Bytes,
) -> Result<StatusCode, String> {
    let address = resolve(to, private).await?;
    let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    if !to.is_secure() {
        return exchange(to, stream, headers, body).await;
    }
    let name = ServerName::try_from(to.host().to_owned()).map_err(|error| error.to_string())?;
    let stream = connector().connect(name, stream).await.map_err(|error| error.to_string())?;
    exchange(to, stream, headers, body).await
}

/// The address that is connected to is the one that was checked: a name cannot mean another a
/// moment later.
async fn resolve(to: &Webhook, private: bool) -> Result<SocketAddr, String> {
    let found = tokio::net::lookup_host((to.host(), to.port())).await;
    let mut found = found.map_err(|error| error.to_string())?;
    let address = found.find(|address| private || is_public(address.ip()));
    address.ok_or_else(|| "its address is not a public one: see HONGYAN_WEBHOOK_PRIVATE".to_owned())
}

/// Whether an address is one of the internet, and of nobody's inside.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let inside = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmarks = a == 198 && (b == 18 || b == 19);
    let protocols = a == 192 && b == 0 && c == 0;
    !(inside || shared || benchmarks || protocols || a == 0 || a >= 240)
}

/// Of version 6 only global unicast, and there nothing that stands for an address of version 4.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let global = segments[0] & 0xe000 == 0x2000;
    let six_to_four = segments[0] == 0x2002;
    let special = segments[0] == 0x2001 && (segments[1] < 0x200 || segments[1] == 0x0db8);
    global && !six_to_four && !special
}

async fn exchange(
    to: &Webhook,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    headers: &[(&str, &str)],
    body: Bytes,
) -> Result<StatusCode, String> {
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let mut request = Request::post(to.path())
        .header(header::HOST, to.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .header(header::USER_AGENT, concat!("hongyan/", env!("CARGO_PKG_VERSION")));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body)).map_err(|error| error.to_string())?;
    let sending = async {
        let answer = sender.send_request(request).await;
        answer.map(|answer| answer.status()).map_err(|error| error.to_string())
    };
    // Of the answer only the head is read; the connection ends with this.
    tokio::select! {
        status = sending => status,
        ended = connection => Err(ended.map_or_else(|error| error.to_string(), |()| "it hung up".to_owned())),
    }
}

/// Trusts whom browsers trust.
fn connector() -> TlsConnector {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let config = CONFIG.get_or_init(|| {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
    });
    TlsConnector::from(Arc::clone(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f18_only_addresses_of_the_internet_are_public() {
        for public in ["8.8.8.8", "1.2.3.4", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "fec0::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
    }
}
