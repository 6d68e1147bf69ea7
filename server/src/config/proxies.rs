//! Which addresses speak for others.

use std::net::IpAddr;

/// Proxies whose `X-Forwarded-For` is believed, and whose connections are not counted: this machine,
/// and those that were set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<Network>);

/// Addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

impl Proxies {
    /// Reads addresses and networks with commas between: `10.0.0.5,10.1.0.0/16`.
    pub fn parse(text: &str) -> Option<Self> {
        text.split(',').map(|one| Network::parse(one.trim())).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Whether this address speaks for others.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { u32::BITS } else { u128::BITS };
        let bits = bits.unwrap_or(most);
        // Everybody is no proxy.
        (1..=most).contains(&bits).then_some(Self { address, bits })
    }

    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.bits
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.bits
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(proxies: &Proxies, address: &str) -> bool {
        proxies.contains(address.parse().unwrap())
    }

    #[test]
    fn this_machine_is_one_and_what_is_set() {
        let none = Proxies::default();
        assert!(contains(&none, "127.0.0.1") && contains(&none, "::1"));
        assert!(contains(&none, "::ffff:127.0.0.1") && !contains(&none, "10.0.0.5"));
        let set = Proxies::parse("10.0.0.5, 10.1.0.0/16,fd00::/8").unwrap();
        for proxy in ["10.0.0.5", "10.1.255.1", "::ffff:10.1.0.1", "fd12::1", "127.0.0.1"] {
            assert!(contains(&set, proxy), "{proxy}");
        }
        for other in ["10.0.0.6", "10.2.0.1", "2001:db8::1", "192.0.2.1"] {
            assert!(!contains(&set, other), "{other}");
        }
    }

    #[test]
    fn what_names_no_network_is_refused() {
        for bad in
            ["", "proxy", "10.0.0.5,", "10.0.0.0/33", "::/129", "0.0.0.0/0", "10.0.0.0/x", "/8"]
        {
            assert_eq!(Proxies::parse(bad), None, "{bad}");
        }
    }
}
