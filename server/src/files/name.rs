//! What a file is called for people. The name never touches the disk's paths.

/// The longest name that is kept, in bytes.
const MAX_NAME: usize = 255;

/// A name as it may be shown and offered for saving: the part behind the last slash, without
/// control characters and without those that turn the direction of writing (they make `exe.png`
/// out of `gnp.exe`). `file` if nothing is left.
pub fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = last.chars().filter(|c| !c.is_control() && !turns_direction(*c));
    let mut clean = String::new();
    for c in shown {
        if clean.len() + c.len_utf8() > MAX_NAME {
            break;
        }
        clean.push(c);
    }
    let clean = clean.trim();
    if matches!(clean, "" | "." | "..") { "file".to_owned() } else { clean.to_owned() }
}

const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_stands_behind_the_last_slash() {
        for (name, clean_name) in [
            ("报告 1.pdf", "报告 1.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\x.exe", "x.exe"),
            ("a\r\nSet-Cookie: x\0.png", "aSet-Cookie: x.png"),
            ("photo\u{202E}gnp.exe", "photognp.exe"),
            ("", "file"),
            ("a/..", "file"),
            ("  ", "file"),
            ("/", "file"),
        ] {
            assert_eq!(clean(name), clean_name);
        }
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let name = clean(&"雁".repeat(200));
        assert_eq!((name.len(), name.chars().count()), (255, 85));
    }
}
