//! What happened, line by line, if anybody wants to read it.

use hongyan::time::Tick;

/// The record of one run. Kept only where it is asked for: a run that failed is run again with its
/// seed, and then it is the very same run.
#[derive(Debug, Default)]
pub struct Trace {
    lines: Option<Vec<String>>,
}

impl Trace {
    /// A record that is kept, or not.
    pub fn new(kept: bool) -> Self {
        Self { lines: kept.then(Vec::new) }
    }

    /// Notes what happened; `text` is made only if the record is kept.
    pub fn note(&mut self, now: Tick, text: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>9} {}", now.as_millis(), text()));
        }
    }

    /// All of it.
    pub fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }
}
