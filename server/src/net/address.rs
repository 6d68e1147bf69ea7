//! How many connections an address holds, and a stream that gives its place back when it goes.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Connections by address. An IPv6 network of 64 bits, which is what one customer gets, is one.
#[derive(Debug)]
pub struct Addresses {
    limit: u32,
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
    pub fn new(limit: u32) -> Arc<Self> {
        Arc::new(Self { limit, held: Mutex::default() })
    }

    /// A place for one more connection of `address`; `None` when it holds too many. This machine's
    /// own are not counted: a proxy here brings everybody.
    pub fn place(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        if self.limit == 0 || address.is_loopback() {
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

/// What is counted as one: an IPv4 address, or an IPv6 network of 64 bits.
pub fn network(address: IpAddr) -> IpAddr {
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
        let addresses = Addresses::new(2);
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
        let addresses = Addresses::new(1);
        let _first = addresses.place(ip("2001:db8::1")).unwrap();
        assert!(addresses.place(ip("2001:db8::2")).is_none());
        assert!(addresses.place(ip("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn this_machine_and_limit_0_are_not_counted() {
        let addresses = Addresses::new(1);
        let places = [(); 3].map(|()| addresses.place(ip("127.0.0.1")));
        assert!(places.iter().all(Option::is_some));
        let addresses = Addresses::new(0);
        let places = [(); 3].map(|()| addresses.place(ip("192.0.2.1")));
        assert!(places.iter().all(Option::is_some));
    }
}
