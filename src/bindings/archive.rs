//! The class that `archive/index.js` drives. Its calls must not overlap: that side queues them.

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::archive::{
    DEFAULT_MAX_MESSAGES, Keeper, Mark, Name, Notice, Operation, Patch, Point, Row, Search,
    Settings, Span,
};
use crate::browser::indexed_db::Database;

/// What a call has to say; each reads its own members.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Arguments {
    rows: Vec<Row>,
    names: Vec<Name>,
    conversation: String,
    /// Where a page begins, and what is marked stands before.
    from: Option<Point>,
    newer: bool,
    count: u32,
    patch: Patch,
    up_to: Option<f64>,
    sent: bool,
    status: i32,
    search: Search,
}

impl Arguments {
    /// The operation of that name; `None` for one that there is not.
    fn operation(mut self, name: &str) -> Option<Operation> {
        let conversation = self.conversation;
        Some(match name {
            "put" => Operation::Put(self.rows),
            "get" => Operation::Get(self.names),
            "page" => {
                let span = Span { from: self.from, newer: self.newer, count: self.count as usize };
                Operation::Page { conversation, span }
            }
            "update" => Operation::Update { name: self.names.pop()?, patch: self.patch },
            "delete" => Operation::Delete(self.names),
            "clear" => Operation::Clear { conversation, up_to: self.up_to.map(|time| time as i64) },
            "mark" => {
                let mark =
                    if self.sent { Mark::Sent(self.status) } else { Mark::Received(self.status) };
                let all = || self.up_to.map(|time| Point::after(time as i64));
                Operation::Mark { conversation, before: self.from.or_else(all)?, mark }
            }
            "search" => Operation::Search(self.search),
            "searchConversations" => Operation::SearchConversations(self.search.keyword),
            "count" => Operation::Count,
            _ => return None,
        })
    }
}

/// One archive.
#[wasm_bindgen]
pub struct ArchiveCore {
    keeper: Keeper<Database>,
    database: Database,
}

#[wasm_bindgen]
impl ArchiveCore {
    /// An archive of that name that opens nothing yet. `max_messages`: default 100,000;
    /// `patience_ms`: how long an opening is waited for.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, max_messages: Option<u32>, patience_ms: Option<i32>) -> Self {
        let max_messages = max_messages.unwrap_or(DEFAULT_MAX_MESSAGES);
        let database = match patience_ms {
            Some(patience_ms) => Database::new(name).with_patience(patience_ms),
            None => Database::new(name),
        };
        Self { keeper: Keeper::new(database.clone(), Settings { max_messages }), database }
    }

    /// What the page must know of: a name and a number or text, by turns.
    pub fn notices(&mut self) -> Vec<JsValue> {
        let pair = |notice| match notice {
            Notice::InMemory(fault) => [JsValue::from("memory"), JsValue::from(fault.name())],
            Notice::MadeRoom(count) => [JsValue::from("room"), JsValue::from(count)],
            Notice::Unreadable(count) => [JsValue::from("unreadable"), JsValue::from(count)],
        };
        self.keeper.take_notices().into_iter().flat_map(pair).collect()
    }

    /// Whether messages outlive the page.
    pub fn durable(&self) -> bool {
        self.keeper.is_durable()
    }

    /// Does the operation of that name.
    ///
    /// # Errors
    /// `argument`, or the name of the fault.
    pub async fn run(&mut self, name: String, arguments: JsValue) -> Result<JsValue, JsValue> {
        let arguments: Option<Arguments> = serde_wasm_bindgen::from_value(arguments).ok();
        let operation = arguments.and_then(|arguments| arguments.operation(&name));
        let operation = operation.ok_or_else(|| JsValue::from("argument"))?;
        let outcome = self.keeper.run(&operation).await;
        let outcome = outcome.map_err(|fault| JsValue::from(fault.name()))?;
        serde_wasm_bindgen::to_value(&outcome).map_err(JsValue::from)
    }

    /// Closes the database.
    pub fn close(&mut self) {
        self.keeper.close();
    }

    /// Closes and deletes the database.
    ///
    /// # Errors
    /// The name of the fault.
    pub async fn destroy(&mut self) -> Result<(), JsValue> {
        self.keeper.close();
        self.database.delete().await.map_err(|fault| JsValue::from(fault.name()))
    }
}
