//! Getting messages back, by name and by page.

use super::row::Row;
use super::table::{Answer, Fault, Find, Mode, Span, Table};

/// A piece of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Oldest first.
    pub rows: Vec<Row>,
    /// Whether there are more beyond, in the direction that was asked for.
    pub more: bool,
}

pub(super) async fn get<T: Table>(
    table: &mut T,
    wanted: &[Find<'_>],
) -> Result<Vec<Option<Row>>, Fault> {
    table.begin(Mode::Read)?;
    Ok(table.find(wanted).await?.into_iter().map(Answer::row).collect())
}

pub(super) async fn page<T: Table>(
    table: &mut T,
    conversation: &str,
    span: &Span,
) -> Result<Page, Fault> {
    table.begin(Mode::Read)?;
    let one_more = Span { count: span.count.saturating_add(1), ..span.clone() };
    let mut rows = table.page(conversation, &one_more).await?;
    let more = rows.len() > span.count;
    rows.truncate(span.count);
    if !span.newer {
        rows.reverse();
    }
    Ok(Page { rows, more })
}
