//! How many connections an address holds, and a stream that gives its place back when it goes.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::http::{Extensions, HeaderMap};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::config::Proxies;

/// Connections by address. An IPv6 network of 64 bits, which is what one customer gets, is one.
#[derive(Debug)]
pub struct Addresses {
    limit: u32,
    proxies: Proxies,
    held: Mutex<BTreeMap<IpAddr, u32>>,
}

/// Whose connection a request came by.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// One connection of an address, for as long as it lives.
#[derive(Debug)]
pub struct Place {
    addresses: Arc<Addresses>,
    /// `None`: it is not counted.
    of: Option<IpAddr>,
}

impl Addresses {
    /// Each address may hold `limit` connections; 0 for no limit.
    pub fn new(limit: u32, proxies: Proxies) -> Arc<Self> {
        Arc::new(Self { limit, proxies, held: Mutex::default() })
    }

    /// A place for one more connection of `address`; `None` when it holds too many. Those of proxies
    /// are not counted: they bring everybody.
    pub fn place(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        if self.limit == 0 || self.proxies.contains(address) {
            return Some(Place { addresses: Arc::clone(self), of: None });
        }
        let address = network(address);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(Place { addresses: Arc::clone(self), of: Some(address) })
    }
}

/// The address that a request counts for; `None` for this machine's own, and for what a proxy does
/// not say.
pub fn client_of(
    proxies: &Proxies,
    extensions: &Extensions,
    headers: &HeaderMap,
) -> Option<IpAddr> {
    counted(proxies, extensions.get::<Peer>()?.0, headers)
}

/// A proxy says at the end of `X-Forwarded-For` whom it speaks for, which may be another proxy.
/// Nobody else is believed.
fn counted(proxies: &Proxies, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    if !proxies.contains(peer) {
        return Some(network(peer));
    }
    for line in headers.get_all("x-forwarded-for").iter().rev() {
        for said in line.to_str().ok()?.rsplit(',') {
            let address = forwarded(said.trim())?.to_canonical();
            if !proxies.contains(address) {
                return Some(network(address));
            }
        }
    }
    None
}

/// Some proxies name the port, too.
fn forwarded(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    text.parse().ok().or_else(with_port)
}

/// What is counted as one: an IPv4 address, or an IPv6 network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(whole) => Ipv6Addr::from_bits(whole.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(address) = self.of else { return };
        let mut held = self.addresses.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&address);
            }
        }
    }
}

/// A stream in its place: whoever owns the stream in the end (HTTP, or a WebSocket after the
/// upgrade) gives the place back by dropping it.
#[derive(Debug)]
pub struct Placed<S> {
    stream: S,
    _place: Place,
}

impl<S> Placed<S> {
    /// Ties the place to the stream.
    pub fn new(stream: S, place: Place) -> Self {
        Self { stream, _place: place }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Placed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Placed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_holds_so_many_and_no_more_until_one_goes() {
        let addresses = Addresses::new(2, Proxies::default());
        let first = addresses.place(ip("192.0.2.1")).unwrap();
        let stream = Placed::new(tokio::io::empty(), addresses.place(ip("192.0.2.1")).unwrap());
        assert!(addresses.place(ip("192.0.2.1")).is_none());
        assert!(addresses.place(ip("::ffff:192.0.2.1")).is_none(), "the same in other words");
        assert!(addresses.place(ip("192.0.2.2")).is_some());
        drop(stream);
        let again = addresses.place(ip("192.0.2.1"));
        assert!(again.is_some());
        drop((first, again));
        assert!(addresses.held.lock().unwrap().is_empty(), "nobody is remembered");
    }

    #[test]
    fn one_customers_network_is_one_address() {
        let addresses = Addresses::new(1, Proxies::default());
        let _first = addresses.place(ip("2001:db8::1")).unwrap();
        assert!(addresses.place(ip("2001:db8::2")).is_none());
        assert!(addresses.place(ip("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn this_machine_and_limit_0_are_not_counted() {
        let addresses = Addresses::new(1, Proxies::default());
        let places = [(); 3].map(|()| addresses.place(ip("127.0.0.1")));
        assert!(places.iter().all(Option::is_some));
        let addresses = Addresses::new(0, Proxies::default());
        let places = [(); 3].map(|()| addresses.place(ip("192.0.2.1")));
        assert!(places.iter().all(Option::is_some));
    }

    fn said(value: &str) -> HeaderMap {
        HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn f15_only_proxies_say_whom_they_speak_for() {
        let here = Proxies::default();
        let of = |peer, words: &str| counted(&here, ip(peer), &said(words));
        assert_eq!(of("192.0.2.1", "198.51.100.7"), Some(ip("192.0.2.1")));
        assert_eq!(of("127.0.0.1", "198.51.100.7"), Some(ip("198.51.100.7")));
        assert_eq!(of("127.0.0.1", "198.51.100.7:4711"), Some(ip("198.51.100.7")));
        let chain = "203.0.113.9, 198.51.100.7";
        assert_eq!(of("::1", chain), Some(ip("198.51.100.7")), "the client's own words");
        for nonsense in ["", "unknown", "127.0.0.1", "198.51.100.7, x"] {
            assert_eq!(of("127.0.0.1", nonsense), None, "{nonsense}");
        }
        assert_eq!(counted(&here, ip("127.0.0.1"), &HeaderMap::new()), None);
    }

    #[test]
    fn f15_a_proxy_that_is_set_is_believed_and_may_stand_behind_another() {
        let proxies = Proxies::parse("10.0.0.0/8").unwrap();
        let of = |peer, words: &str| counted(&proxies, ip(peer), &said(words));
        assert_eq!(of("10.0.0.5", "198.51.100.7"), Some(ip("198.51.100.7")));
        assert_eq!(of("10.0.0.5", "203.0.113.9, 198.51.100.7, 10.0.0.6"), Some(ip("198.51.100.7")));
        assert_eq!(of("10.0.0.5", "10.0.0.6"), None);
        assert_eq!(of("192.0.2.1", "198.51.100.7, 10.0.0.6"), Some(ip("192.0.2.1")));
        let addresses = Addresses::new(1, proxies);
        let places = [(); 3].map(|()| addresses.place(ip("10.0.0.5")));
        assert!(places.iter().all(Option::is_some), "it brings everybody");
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let counted = |text: &str| counted(&Proxies::default(), ip(text), &HeaderMap::new());
        assert_eq!(counted("2001:db8::1"), counted("2001:db8::2"));
        assert_ne!(counted("2001:db8::1"), counted("2001:db8:0:1::1"));
    }
}
