//! Names of stored values. The first part is the version of this scheme; application keys and
//! user ids are escaped, so no two of them can ever meet in one name.
//!
//! ```text
//! hy1/<app key>/a/<key>             Scope::App
//! hy1/<app key>/u/<user id>/<key>   Scope::User
//! ```

use crate::ops::Scope;

/// What the names of everything in `scope` begin with.
pub(super) fn prefix(app_key: &str, scope: &Scope) -> String {
    let mut name = String::from("hy1/");
    push_escaped(&mut name, app_key);
    match scope {
        Scope::App => name.push_str("/a/"),
        Scope::User(user) => {
            name.push_str("/u/");
            push_escaped(&mut name, user.as_str());
            name.push('/');
        }
    }
    name
}

/// Percent-encodes every byte but letters, digits, `-` and `_`.
fn push_escaped(name: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            name.push(char::from(byte));
        } else {
            name.push('%');
            name.push(char::from(HEX[usize::from(byte >> 4)]));
            name.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(app_key: &str, user: &str) -> String {
        prefix(app_key, &Scope::User(user.into()))
    }

    #[test]
    fn names_are_readable() {
        assert_eq!(prefix("key-1", &Scope::App), "hy1/key-1/a/");
        assert_eq!(user("key-1", "王/芳"), "hy1/key-1/u/%E7%8E%8B%2F%E8%8A%B3/");
    }

    #[test]
    fn no_name_is_the_beginning_of_another() {
        let texts = ["", "a", "a/", "a/u", "a/u/b", "%2F", "/", "u", "b/a", "a/a/"];
        let mut all = Vec::new();
        for app_key in texts {
            all.push(prefix(app_key, &Scope::App));
            all.extend(texts.map(|id| user(app_key, id)));
        }
        for (i, one) in all.iter().enumerate() {
            for (j, other) in all.iter().enumerate() {
                assert!(i == j || !other.starts_with(one.as_str()), "{one} begins {other}");
            }
        }
    }
}
