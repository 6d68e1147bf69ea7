//! Flags of a command line: `--name value`, each once.

use std::collections::BTreeMap;
use std::str::FromStr;

/// A command line that cannot be used, in words.
#[derive(Debug, PartialEq, Eq)]
pub struct Bad(pub String);

/// What was given, by name.
#[derive(Debug, Default)]
pub struct Arguments {
    given: BTreeMap<String, String>,
    wrong: Option<String>,
}

impl Arguments {
    /// Those of this program.
    pub fn from_env() -> Self {
        Self::parse(std::env::args().skip(1))
    }

    /// Reads them; what is wrong is told by [`end`](Self::end).
    pub fn parse(mut words: impl Iterator<Item = String>) -> Self {
        let mut arguments = Self::default();
        while let Some(name) = words.next() {
            let value = if name.starts_with("--") { words.next() } else { None };
            match value {
                Some(value) => drop(arguments.given.insert(name, value)),
                None => arguments.wrong = Some(name),
            }
        }
        arguments
    }

    /// The value of a flag that must be there.
    ///
    /// # Errors
    /// It is not there, or makes no sense.
    pub fn required<T: FromStr>(&mut self, name: &str) -> Result<T, Bad> {
        let value = self.given.remove(name).ok_or_else(|| Bad(format!("{name} is missing")))?;
        value.parse().map_err(|_| Bad(format!("{name} cannot be {value:?}")))
    }

    /// The value of a flag, or what holds without it.
    ///
    /// # Errors
    /// It makes no sense.
    pub fn optional<T: FromStr>(&mut self, name: &str, default: T) -> Result<T, Bad> {
        if self.given.contains_key(name) { self.required(name) } else { Ok(default) }
    }

    /// That was all.
    ///
    /// # Errors
    /// It was not.
    pub fn end(self) -> Result<(), Bad> {
        match self.wrong.or_else(|| self.given.into_keys().next()) {
            Some(word) => Err(Bad(format!("{word:?} makes no sense here"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Arguments {
        Arguments::parse(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn flags_are_read_and_strange_ones_refused() {
        let mut given = parse(&["--seed", "7", "--more", "x"]);
        assert_eq!(given.optional("--seed", 1), Ok(7));
        assert_eq!(given.optional("--clients", 3), Ok(3));
        assert_eq!(given.required::<u32>("--minutes"), Err(Bad("--minutes is missing".into())));
        assert_eq!(given.end(), Err(Bad("\"--more\" makes no sense here".into())));
        assert!(parse(&["--seed"]).end().is_err() && parse(&["seed"]).end().is_err());
    }
}
