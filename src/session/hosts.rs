//! Which hosts may be gone to: what a navigator says is data, and the page may name whom it allows.

use crate::text;

/// So many servers of one answer are tried.
const MAX_HOSTS: usize = 16;

/// The hosts that may be gone to, and whether those are all.
pub fn hosts(server: &str, backups: &str, allowed: &[String]) -> (Vec<String>, bool) {
    let mut hosts: Vec<String> = Vec::new();
    let mut all_allowed = true;
    for host in core::iter::once(server).chain(text::split(backups, b',')).map(str::trim_ascii) {
        if host.is_empty() {
            continue;
        }
        if !is_host(host) || !is_allowed(host, allowed) {
            all_allowed = false;
        } else if hosts.len() < MAX_HOSTS && !hosts.iter().any(|known| known == host) {
            hosts.push(host.into());
        }
    }
    (hosts, all_allowed)
}

/// `host[:port]`, and nothing that could lead a URL elsewhere.
fn is_host(text: &str) -> bool {
    let (host, port) = split_port(text);
    let (host, also) = match host.strip_prefix('[').map(|host| host.strip_suffix(']')) {
        Some(address) => (address.unwrap_or_default(), ":."),
        None => (host, "-._"),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || also.bytes().any(|other| other == byte);
    let is_port = |port: &str| {
        text::unsigned(port).is_some_and(|number| (1..=65_535).contains(&number)) && port.len() <= 5
    };
    !host.is_empty() && host.len() <= 253 && host.bytes().all(plain) && port.is_none_or(is_port)
}

/// Parts the port from a host; a colon within brackets belongs to the address.
fn split_port(text: &str) -> (&str, Option<&str>) {
    let colon = text.bytes().rposition(|byte| byte == b':' || byte == b']');
    let parts = colon.and_then(|at| Some((text.get(..at)?, text.get(at..)?.strip_prefix(':')?)));
    parts.map_or((text, None), |(host, port)| (host, Some(port)))
}

/// Whether the page allows `host[:port]`: everything, if it names nobody.
fn is_allowed(host: &str, allowed: &[String]) -> bool {
    let (name, _) = split_port(host);
    let fits = |pattern: &String| match pattern.strip_prefix('*') {
        Some(suffix) => {
            let cut = name.len().checked_sub(suffix.len()).filter(|at| *at > 0);
            let end = cut.and_then(|at| name.get(at..));
            suffix.starts_with('.') && end.is_some_and(|end| end.eq_ignore_ascii_case(suffix))
        }
        None => pattern.eq_ignore_ascii_case(name) || pattern.eq_ignore_ascii_case(host),
    };
    allowed.is_empty() || allowed.iter().any(fits)
}

/// Whether a navigator may be asked: it has a scheme, that of a secure page if `secure`, and a host
/// that may be gone to.
pub fn is_navigator(base: &str, secure: bool, allowed: &[String]) -> bool {
    let plain = if secure { None } else { base.strip_prefix("http://") };
    let Some(rest) = base.strip_prefix("https://").or(plain) else { return false };
    let (host, path) = text::split_once(rest, b'/').unwrap_or((rest, ""));
    let leads_elsewhere = |byte: u8| byte <= b' ' || byte == 0x7F || b"?#\\@".contains(&byte);
    is_host(host) && is_allowed(host, allowed) && !path.bytes().any(leads_elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_hosts() {
        for host in ["[::1]:8010", "[2001:db8::1.2.3.4]", "127.0.0.1:1", "a_b-c.example:65535"] {
            assert!(is_host(host), "{host}");
        }
    }

    #[test]
    fn the_page_may_name_whom_it_allows() {
        let allowed = ["im.example".into(), "*.cdn.example".into(), "b.example:81".into()];
        for host in ["im.example", "IM.example:9", "a.cdn.example", "a.b.CDN.example:1"] {
            assert!(is_allowed(host, &allowed), "{host}");
        }
        for host in
            ["evil.example", "cdn.example", "evilcdn.example", "im.example.evil", "b.example"]
        {
            assert!(!is_allowed(host, &allowed), "{host}");
        }
        assert!(is_allowed("b.example:81", &allowed) && !is_allowed("b.example:82", &allowed));
        assert!(!is_allowed("evil.example", &["*".into()]), "a star stands for a subdomain");
    }

    #[test]
    fn navigators_are_addresses_and_no_less_secure_than_the_page() {
        assert!(is_navigator("http://n.example:80/x", false, &[]));
        assert!(is_navigator("https://n.example", true, &["n.example".into()]));
        for base in ["http://n.example", "https://u@n", "https://n?x", "https://n/x y", "ftp://n"] {
            assert!(!is_navigator(base, true, &[]), "{base}");
        }
        assert!(!is_navigator("https://n.example", true, &["other.example".into()]));
    }
}
