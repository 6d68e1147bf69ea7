//! The paths and words of one source file.

/// What a file names outside of its tests.
#[derive(Default)]
pub struct Names {
    /// Paths from the crate's root, the root itself left off.
    pub paths: Vec<Vec<String>>,
    /// What `pub use` hands on from the file's own modules.
    pub exports: Vec<Vec<String>>,
    /// All words.
    pub words: Vec<String>,
}

impl Names {
    /// Reads the text of a file of the crate, which is this module: `super` is resolved.
    pub fn of_module(text: &str, module: &[String]) -> Self {
        Self::read(text, Some(module.to_vec()), "crate")
    }

    /// Reads the text of a file of another crate that knows ours as `root`.
    pub fn of_user(text: &str, root: &str) -> Self {
        Self::read(text, None, root)
    }

    fn read(text: &str, module: Option<Vec<String>>, root: &str) -> Self {
        let tokens = without_tests(&tokens(text));
        let mut names = Self::default();
        let is_ours = module.is_some();
        let mut inner = module.unwrap_or_default();
        // Names and depths of the modules written in this file.
        let mut depth = 0_usize;
        let mut opened = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let follows = |offset: usize, what: &str| {
                tokens.get(at + offset).is_some_and(|token| token == what)
            };
            let starts_path = at == 0 || tokens[at - 1] != "::";
            match token.as_str() {
                "{" => {
                    depth += 1;
                    if at >= 2 && tokens[at - 2] == "mod" {
                        inner.push(tokens[at - 1].clone());
                        opened.push(depth);
                    }
                }
                "}" => {
                    if opened.last() == Some(&depth) {
                        opened.pop();
                        inner.pop();
                    }
                    depth = depth.saturating_sub(1);
                }
                "super" if is_ours && starts_path && follows(1, "::") => {
                    let supers = tokens[at..]
                        .chunks(2)
                        .take_while(|pair| pair.len() == 2 && pair[0] == "super" && pair[1] == "::")
                        .count();
                    let base = inner[..inner.len().saturating_sub(supers)].to_vec();
                    tree(&tokens, at + 2 * supers, base, &mut names.paths);
                }
                word if word == root && starts_path && follows(1, "::") => {
                    tree(&tokens, at + 2, Vec::new(), &mut names.paths);
                }
                "use" if at > 0 && tokens[at - 1] == "pub" => {
                    tree(&tokens, at + 1, Vec::new(), &mut names.exports);
                }
                _ => {}
            }
        }
        names.words = tokens.into_iter().filter(|token| is_word(token)).collect();
        names
    }
}

/// The module that a file of `src` is: `src/wire/header.rs` is `wire`, `header`.
pub fn module_of(path: &str) -> Vec<String> {
    let below = path.strip_prefix("src/").unwrap_or(path);
    let mut parts: Vec<String> =
        below.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// Reads `a::b`, `a::{b, c::d}` or `*` at `at` and says where it ends.
fn tree(tokens: &[String], mut at: usize, base: Vec<String>, out: &mut Vec<Vec<String>>) -> usize {
    let mut path = base;
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while at < tokens.len() && tokens[at] != "}" {
                    at = tree(tokens, at, path.clone(), out);
                    while at < tokens.len() && tokens[at] != "," && tokens[at] != "}" {
                        at += 1;
                    }
                    at += usize::from(at < tokens.len() && tokens[at] == ",");
                }
                return at + 1;
            }
            Some(word) if is_word(word) => {
                if word != "self" {
                    path.push(word.to_owned());
                }
                at += 1;
                if tokens.get(at).is_some_and(|token| token == "::") {
                    at += 1;
                    continue;
                }
            }
            _ => {}
        }
        out.push(path);
        return at;
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Leaves out each item under a `cfg` that asks for tests.
fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_attribute = tokens[at] == "#" && tokens.get(at + 1).is_some_and(|next| next == "[");
        if !is_attribute {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let end = after_group(tokens, at + 1, "[", "]");
        let inside = &tokens[at..end];
        let has = |word: &str| inside.iter().any(|token| token == word);
        if has("cfg") && has("test") && !has("not") {
            at = after_item(tokens, end);
        } else {
            kept.extend_from_slice(inside);
            at = end;
        }
    }
    kept
}

/// Where the group that opens at `at` has ended.
fn after_group(tokens: &[String], mut at: usize, open: &str, close: &str) -> usize {
    let mut depth = 0_usize;
    while at < tokens.len() {
        depth += usize::from(tokens[at] == open);
        depth -= usize::from(tokens[at] == close && depth > 0);
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Where the item at `at` has ended: after its `;`, or after its braces. A `use` has both.
fn after_item(tokens: &[String], mut at: usize) -> usize {
    while at < tokens.len() {
        match tokens[at].as_str() {
            ";" => return at + 1,
            "{" => {
                let end = after_group(tokens, at, "{", "}");
                let is_use = tokens.get(end).is_some_and(|next| next == ";");
                return end + usize::from(is_use);
            }
            _ => at += 1,
        }
    }
    at
}

/// Words, `::`, and single signs; no comments, no texts, no characters, no lifetimes.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&first) = chars.get(at) {
        let second = chars.get(at + 1).copied();
        let word: String =
            chars[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
        let after_word = chars.get(at + word.chars().count()).copied();
        match (first, second) {
            ('/', Some('/')) => at = find(&chars, at, "\n"),
            ('/', Some('*')) => at = after_comment(&chars, at),
            ('"', _) => at = after_text(&chars, at),
            ('\'', _) => at = after_quote(&chars, at),
            (':', Some(':')) => {
                out.push("::".to_owned());
                at += 2;
            }
            _ if matches!(word.as_str(), "r" | "br") && matches!(after_word, Some('"' | '#')) => {
                at = after_raw(&chars, at + word.len());
            }
            _ if !word.is_empty() => {
                at += word.chars().count();
                out.push(word);
            }
            _ => {
                if !first.is_whitespace() {
                    out.push(first.to_string());
                }
                at += 1;
            }
        }
    }
    out
}

/// Where `what` has ended, or the end of the text.
fn find(chars: &[char], from: usize, what: &str) -> usize {
    let what: Vec<char> = what.chars().collect();
    let place = chars[from.min(chars.len())..].windows(what.len()).position(|part| part == what);
    place.map_or(chars.len(), |place| from + place + what.len())
}

fn after_comment(chars: &[char], from: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = from;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                at += 2;
            }
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn after_text(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// `r##"…"##` from its first `#` or quote; a raw word like `r#type` loses its mark.
fn after_raw(chars: &[char], from: usize) -> usize {
    let hashes = chars[from..].iter().take_while(|c| **c == '#').count();
    if chars.get(from + hashes) != Some(&'"') {
        return from + hashes;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    find(chars, from + hashes + 1, &end)
}

/// A character, or the mark of a lifetime.
fn after_quote(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => find(chars, from + 3, "'"),
        (Some(_), Some('\'')) => from + 3,
        _ => from + 1,
    }
}
