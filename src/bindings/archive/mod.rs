//! The class that `archive/index.js` drives. Its calls must not overlap: that side queues them.

mod answers;
mod arguments;

use wasm_bindgen::prelude::*;

use crate::archive::{DEFAULT_MAX_MESSAGES, Keeper, Notice, Settings};
use crate::browser::indexed_db::Database;

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
        let operation = arguments::operation(&name, &arguments);
        let operation = operation.ok_or_else(|| JsValue::from("argument"))?;
        let outcome = self.keeper.run(&operation).await;
        outcome.map(|outcome| answers::answer(&outcome)).map_err(|fault| fault.name().into())
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
