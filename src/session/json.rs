//! Just enough JSON for a navigator's answer: the members of one object. Nothing recurses, so
//! nothing can be nested too deep.

/// One member's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A string, unescaped.
    Text(String),
    /// A number, `true`, `false` or `null`, as it stands.
    Bare(&'a str),
    /// An object or array, as it stands.
    Nested(&'a str),
}

impl Value<'_> {
    /// As a whole number, from a number or from a string of digits.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Bare(text) => text.parse().ok(),
            Self::Nested(_) => None,
        }
    }
}

/// The members of the object that `text` is, in order. `None` if it is none, or is cut or broken.
pub fn members(text: &str) -> Option<Vec<(String, Value<'_>)>> {
    let mut scanner = Scanner { rest: text };
    scanner.expect('{')?;
    let mut found = Vec::new();
    if scanner.accept('}') {
        return scanner.at_end().then_some(found);
    }
    loop {
        scanner.skip_space();
        let name = scanner.string()?;
        scanner.expect(':')?;
        found.push((name, scanner.value()?));
        if scanner.accept('}') {
            return scanner.at_end().then_some(found);
        }
        scanner.expect(',')?;
    }
}

struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn accept(&mut self, character: char) -> bool {
        self.skip_space();
        match self.rest.strip_prefix(character) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, character: char) -> Option<()> {
        self.accept(character).then_some(())
    }

    fn at_end(&mut self) -> bool {
        self.skip_space();
        self.rest.is_empty()
    }

    fn value(&mut self) -> Option<Value<'a>> {
        self.skip_space();
        match self.rest.chars().next()? {
            '"' => self.string().map(Value::Text),
            '{' | '[' => self.nested().map(Value::Nested),
            _ => {
                let end = self.rest.find([',', '}', ']', ' ', '\t', '\r', '\n'])?;
                let (bare, rest) = self.rest.split_at_checked(end)?;
                self.rest = rest;
                (!bare.is_empty()).then_some(Value::Bare(bare))
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let mut characters = self.rest.strip_prefix('"')?.chars();
        let mut text = String::new();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(escape(&mut characters)?),
                character if character < ' ' => return None,
                character => text.push(character),
            }
        }
        self.rest = characters.as_str();
        Some(text)
    }

    /// Steps over a balanced object or array without looking at what is in it.
    fn nested(&mut self) -> Option<&'a str> {
        let start = self.rest;
        let mut depth = 0_u32;
        loop {
            match self.rest.chars().next()? {
                '"' => {
                    self.string()?;
                    continue;
                }
                '{' | '[' => depth += 1,
                '}' | ']' => depth -= 1,
                _ => {}
            }
            let mut characters = self.rest.chars();
            characters.next();
            self.rest = characters.as_str();
            if depth == 0 {
                return start.get(..start.len() - self.rest.len());
            }
        }
    }
}

fn escape(characters: &mut core::str::Chars<'_>) -> Option<char> {
    Some(match characters.next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let mut code = 0;
            for _ in 0..4 {
                code = code * 16 + characters.next()?.to_digit(16)?;
            }
            // Half of a surrogate pair: no host name, user id or number has one.
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        plain @ ('"' | '\\' | '/') => plain,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_in_order() {
        let text = r#" {"code": 200,"a":"x\"\u4f60\/","o":{"n":[1,"]}",{}]} , "t":true, "e":""}"#;
        let found = members(text).unwrap();
        assert_eq!(found[0], ("code".into(), Value::Bare("200")));
        assert_eq!(found[1], ("a".into(), Value::Text("x\"你/".into())));
        assert_eq!(found[2], ("o".into(), Value::Nested(r#"{"n":[1,"]}",{}]}"#)));
        assert_eq!(found[3].1, Value::Bare("true"));
        assert_eq!(found[4].1, Value::Text(String::new()));
        assert_eq!(members("{}").unwrap(), []);
        assert_eq!(Value::Text("7".into()).integer(), Some(7));
        assert_eq!(Value::Bare("1e400").integer(), None);
    }

    #[test]
    fn no_object() {
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        let texts = [
            "",
            "<html>",
            "[]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":}",
            "{\"a\":\"\\x\"}",
            "{\"a\":1}x",
            "null",
            "{a:1}",
            deep.as_str(),
        ];
        for text in texts {
            assert_eq!(members(text), None, "{}", &text[..text.len().min(20)]);
        }
    }

    #[test]
    fn every_cut_is_refused_without_a_panic() {
        let text = r#"{"code":200,"a":"你\n","o":{"n":[1]},"z":-1}"#;
        for end in 0..text.len() {
            if let Some(cut) = text.get(..end) {
                assert_eq!(members(cut), None);
            }
        }
    }
}
